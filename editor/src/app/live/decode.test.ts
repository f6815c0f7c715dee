import { describe, expect, it } from 'vitest';
import { decodeMessage, decodeTile } from './decode.js';

describe('text frames', () => {
  it('are messages of a known type', () => {
    expect(decodeMessage('{"type":"ack","seq":4}')).toEqual({ type: 'ack', seq: 4 });
  });

  it.each(['', 'null', '[]', '{"type":7}', '{"type":"of a newer server"}', '{"seq":1}'])(
    'that are something else are passed over: %s',
    (frame) => expect(decodeMessage(frame)).toBeNull(),
  );
});

describe('binary frames', () => {
  const tile = (kind: number, length: number): ArrayBuffer => {
    const buffer = new ArrayBuffer(length);
    const view = new DataView(buffer);
    view.setUint8(0, kind);
    view.setUint16(2, 512, true);
    view.setUint32(4, 3840, true);
    view.setInt32(8, -1, true);
    view.setUint32(12, 7, true);
    view.setUint32(16, 70_000, true);
    view.setUint32(20, 17, true);
    return buffer;
  };

  it('are tiles with a little-endian header and a PNG', () => {
    expect(decodeTile(tile(1, 27))).toMatchObject({
      tilePixels: 512,
      tileTwips: 3840,
      part: -1,
      column: 7,
      row: 70_000,
      version: 17,
    });
    expect(decodeTile(tile(1, 27))?.png).toHaveLength(3);
  });

  it('of another kind or without a picture are passed over', () => {
    expect(decodeTile(tile(2, 27))).toBeNull();
    expect(decodeTile(tile(1, 24))).toBeNull();
  });
});
