# The document server in a container: docs/setup/container.md.
#
#   docker build -t recto .        or: make image
#
# Without a container engine, scripts/container/root makes the same system, and scripts/container/smoke
# tries it; so do the tests.

ARG DEBIAN=debian:trixie-slim
ARG RUST=rust:1-slim-trixie

# What the server needs: LibreOffice, fonts, dictionaries, a user.
FROM ${DEBIAN} AS system
COPY scripts/setup /recto/scripts/setup
COPY scripts/container /recto/scripts/container
RUN /recto/scripts/container/system && rm -rf /recto

# The program, and the list of all parts.
FROM ${RUST} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential ca-certificates make nodejs npm pkg-config python3
WORKDIR /recto
COPY . .
RUN make editor && cargo build --release --locked -p recto
COPY --from=system /usr/share/recto/packages.tsv target/packages.tsv
RUN scripts/container/sbom target/packages.tsv >target/sbom.cdx.json

FROM system
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Recto" \
      org.opencontainers.image.description="A document server that speaks the ONLYOFFICE Docs API" \
      org.opencontainers.image.licenses="MPL-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="docker.io/library/debian:trixie-slim"
COPY --from=build /recto/target/release/recto /usr/local/bin/recto
COPY --from=build /recto/target/sbom.cdx.json /usr/share/recto/sbom.cdx.json
ENV RECTO_LISTEN=0.0.0.0:8080 \
    RECTO_DATA=/var/lib/recto \
    RECTO_PORTAL_LISTEN=0.0.0.0:8081 \
    RECTO_PORTAL_DATA=/var/lib/recto
USER 10001:10001
WORKDIR /var/lib/recto
VOLUME /var/lib/recto
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["recto-healthy"]
ENTRYPOINT ["recto"]
CMD ["serve"]
