-- What a tenant's results take on the disk is limited.
ALTER TABLE results ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;

CREATE INDEX results_by_tenant ON results (tenant, bytes);
