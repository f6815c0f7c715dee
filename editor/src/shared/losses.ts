/** What happens if a save would lose something. */
export type LossRule = 'quiet' | 'tell' | 'strict';

/** Where something is that a save would lose; which members there are depends on `in`. */
export interface LossPlace {
  in: string;
  sheet?: string;
  cell?: string;
  name?: string;
  number?: number;
  words?: string;
}

/** One kind of thing that a save would lose. */
export interface Loss {
  kind: string;
  rank: 'content' | 'function' | 'later';
  count: number;
  /** The first of them; none if it belongs to the whole document. */
  places: LossPlace[];
}

export interface Losses {
  rule: LossRule;
  /** This participant could edit the document if nothing would be lost. */
  held: boolean;
  losses: Loss[];
  /** The whole document was looked at. */
  complete: boolean;
}
