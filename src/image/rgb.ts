/** A picture of 8 bits a channel, row by row: [height, width, 3]. */
export interface Rgb {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}
