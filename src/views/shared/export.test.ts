import { expect, test } from "vitest";
import { writeCsv } from "./csv";
import { clip, type Scene } from "./scene";
import { writeSvg } from "./svg";

const scene: Scene = {
  title: "a < b & c",
  description: 'says "so"',
  width: 100.5,
  height: 40,
  background: "#ffffff",
  marks: [
    { kind: "rect", x: 1.23456, y: 2, width: 10, height: 4, fill: "#ff0000", radius: 3 },
    { kind: "rect", x: 0, y: 0, width: 5, height: 5, stroke: "#000000" },
    {
      kind: "text",
      x: 5,
      y: 9,
      text: "<s>\u0000 x",
      fill: "#111111",
      font: "tok",
      size: 12,
      anchor: "end",
      rotate: -50,
    },
    { kind: "text", x: 5, y: 9, text: "5%", fill: "#111111", font: "ui", size: 11, anchor: "middle", weight: 600 },
    {
      kind: "group",
      opacity: 0.17,
      marks: [
        { kind: "curve", x0: 0, y0: 0, x1: 10, y1: 20, stroke: "#0000ff", width: 4, straight: false },
        { kind: "curve", x0: 0, y0: 0, x1: 10, y1: 20, stroke: "#0000ff", width: 4, straight: true, dash: [7, 4] },
        { kind: "curve", x0: 0, y0: 0, x1: 10, y1: 20, stroke: "#0000ff", width: 4, straight: false, along: "y" },
      ],
    },
    { kind: "picture", x: 0, y: 0, width: 8, height: 8, columns: 2, rows: 2, pixels: new Uint8ClampedArray(16) },
  ],
};

test("an SVG holds every mark, rounded, with text as text", () => {
  expect(writeSvg(scene, ({ columns, rows }) => `data:image/png;of=${columns}x${rows}`)).toMatchInlineSnapshot(`
    "<svg xmlns="http://www.w3.org/2000/svg" width="100.5" height="40" viewBox="0 0 100.5 40" role="img">
    <title>a &lt; b &amp; c</title>
    <desc>says &quot;so&quot;</desc>
    <rect width="100.5" height="40" fill="#ffffff"/>
    <rect x="1.23" y="2" width="10" height="4" rx="3" fill="#ff0000"/>
    <rect x="0" y="0" width="5" height="5" fill="none" stroke="#000000" stroke-width="1"/>
    <text x="5" y="9" fill="#111111" font-family="&quot;JetBrains Mono Variable&quot;, &quot;JetBrains Mono&quot;, ui-monospace, monospace" font-size="12" text-anchor="end" transform="rotate(-50 5 9)" style="font-variant-ligatures:none;white-space:pre">&lt;s&gt;� x</text>
    <text x="5" y="9" fill="#111111" font-family="&quot;Inter Variable&quot;, Inter, system-ui, sans-serif" font-size="11" font-weight="600" text-anchor="middle" style="font-variant-numeric:tabular-nums">5%</text>
    <g opacity="0.17">
    <path d="M0 0C5 0 5 20 10 20" fill="none" stroke="#0000ff" stroke-width="4"/>
    <path d="M0 0L10 20" fill="none" stroke="#0000ff" stroke-width="4" stroke-dasharray="7 4"/>
    <path d="M0 0C0 10 10 10 10 20" fill="none" stroke="#0000ff" stroke-width="4"/>
    </g>
    <image x="0" y="0" width="8" height="8" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;of=2x2"/>
    </svg>
    "
  `);
});

test("CSV quotes what must be quoted and leaves tokens as they are", () => {
  const rows = [
    [0.125, 'say "so"'],
    [-1, "a,b"],
    [1e-7, "=\n-"],
  ] as const;
  expect(writeCsv(["weight", "token"], rows)).toBe('weight,token\r\n0.125,"say ""so"""\r\n-1,"a,b"\r\n1e-7,"=\n-"\r\n');
});

test("labels are cut by signs, not by code units", () => {
  expect(clip("charming", 10, 60)).toBe("charming");
  expect(clip("charming", 10, 30)).toBe("char…");
  expect(clip("😀😀😀😀", 10, 18)).toBe("😀😀…");
});
