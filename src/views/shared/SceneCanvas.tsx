import { type ReactNode, useLayoutEffect, useRef } from "react";
import { useFonts, usePixelRatio } from "./environment";
import { paint } from "./paint";
import type { Mark } from "./scene";

/** Marks on a canvas, painted anew when they change. What lies over it (buttons) comes as children. */
export function SceneCanvas({
  marks,
  width,
  height,
  label,
  children,
}: {
  readonly marks: readonly Mark[];
  readonly width: number;
  readonly height: number;
  /** What is drawn, for those who don't see it; without one it is only there to be seen. */
  readonly label?: string;
  readonly children?: ReactNode;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const fonts = useFonts();
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !fonts) return;
    context.canvas.width = Math.max(1, Math.round(width * ratio));
    context.canvas.height = Math.max(1, Math.round(height * ratio));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(context, marks);
  }, [marks, width, height, ratio, fonts]);
  return (
    <div className="scene" style={{ width, height }}>
      {label === undefined ? (
        <canvas ref={canvas} style={{ width, height }} />
      ) : (
        <canvas ref={canvas} style={{ width, height }} role="img" aria-label={label} />
      )}
      {children}
    </div>
  );
}
