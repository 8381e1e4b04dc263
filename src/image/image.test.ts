import { describe, expect, test } from "vitest";
import { centerCrop } from "./crop";
import { BadPreparation, fixedSize, readPreparation } from "./preparation";
import { prepare } from "./prepare";
import { filters, resize } from "./resample";
import type { Rgb } from "./rgb";
import reference from "./testing/reference.json";

const bytes = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** The picture of testing/reference.py. */
const picture: Rgb = (() => {
  const { width, height } = reference;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) data[(y * width + x) * 3 + c] = (x * 7 + y * 13 + c * 31 + ((x * y) % 17) * 9) % 256;
  return { width, height, data };
})();

describe("pictures of another size are Pillow's, bit by bit", () => {
  test.each(reference.resized)("filter $filter to $width × $height", ({ filter, width, height, data }) => {
    const found = resize(picture, width, height, filters[filter as keyof typeof filters]);
    expect([found.width, found.height]).toEqual([width, height]);
    expect([...found.data]).toEqual([...bytes(data)]);
  });
});

describe("images are made ready as the processors of transformers do", () => {
  test.each(reference.prepared.map((one, i) => ({ ...one, i })))("$i: $config.image_processor_type", (one) => {
    const preparation = readPreparation(one.config);
    const { pixels } = prepare(picture, preparation);
    expect(pixels.dims).toEqual(one.dims);
    const wanted = new Float32Array(bytes(one.data).buffer);
    const worst = wanted.reduce((most, v, i) => Math.max(most, Math.abs(v - (pixels.data[i] as number))), 0);
    expect(worst).toBeLessThan(1e-6 * Math.max(1, ...wanted.map(Math.abs)));
  });

  test.each(Object.entries(reference.classes))("%s alone has the defaults of its class", (name, whole) => {
    expect(readPreparation({ image_processor_type: name })).toEqual(readPreparation(whole));
    expect(readPreparation({ feature_extractor_type: name.replace("ImageProcessor", "FeatureExtractor") })).toEqual(
      readPreparation(whole),
    );
    expect(readPreparation({ image_processor_type: `${name}Fast` })).toEqual(readPreparation(whole));
  });
});

describe("what a file doesn't say is an error that names it", () => {
  const good = { size: 8, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
  test.each([
    [{ ...good, size: undefined }, "bad preprocessor_config.json: size is missing"],
    [{ ...good, image_mean: undefined }, "bad preprocessor_config.json: image_mean is missing"],
    [{ ...good, image_std: [1, 0, 1] }, "bad preprocessor_config.json: image_std has a 0"],
    [{ ...good, image_mean: [0.5] }, "bad preprocessor_config.json: image_mean is [0.5], not three numbers"],
    [{ ...good, do_center_crop: true }, "bad preprocessor_config.json: crop_size is missing"],
    [{ ...good, size: { longest_edge: 9 } }, "bad preprocessor_config.json: size has a longest_edge"],
    [{ ...good, size: { height: 9 } }, "bad preprocessor_config.json: size is"],
    [{ ...good, resample: 9 }, "bad preprocessor_config.json: resample is 9"],
    [{ ...good, rescale_factor: "a" }, "bad preprocessor_config.json: rescale_factor is"],
    [{ ...good, crop_pct: 0.9 }, "bad preprocessor_config.json: crop_pct isn't done here"],
    [{ ...good, do_pad: true }, "bad preprocessor_config.json: do_pad isn't done here"],
  ])("%j", (json, message) => {
    expect(() => readPreparation(json)).toThrow(BadPreparation);
    expect(() => readPreparation(json)).toThrow(message);
  });

  test("a class of its own needs no default that the file gives", () => {
    expect(readPreparation({ image_processor_type: "OtherImageProcessor", ...good }).resize?.size).toEqual({
      kind: "exact",
      width: 8,
      height: 8,
    });
  });
});

test("a crop that is larger than its picture has black around it", () => {
  const found = centerCrop({ width: 1, height: 2, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }, 3, 1);
  expect([...found.data]).toEqual([0, 0, 0, 1, 2, 3, 0, 0, 0]);
});

test("the size that comes out is known where it doesn't follow the image's", () => {
  expect(fixedSize(readPreparation({ image_processor_type: "ViTImageProcessor" }))).toEqual([224, 224]);
  expect(fixedSize(readPreparation({ image_processor_type: "BitImageProcessor" }))).toEqual([224, 224]);
  expect(fixedSize(readPreparation({ image_processor_type: "BitImageProcessor", do_center_crop: false }))).toBeNull();
});
