const space = "http://www.w3.org/2000/svg";
const cell = 100;

/**
 * Draws a model's attention as a grid of SVG pictures, in the way of tools that draw with the document: every weight of
 * every head is a line from its query to its key, as opaque as the weight is large.
 *
 * @param layers [heads, tokens, tokens] each
 * @returns milliseconds until the frame that has them, and the number of nodes
 */
export function drawLines(layers: readonly Float32Array[], heads: number, tokens: number) {
  return new Promise<{ ms: number; nodes: number }>((done) => {
    const started = performance.now();
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("width", String(heads * cell));
    svg.setAttribute("height", String(layers.length * cell));
    const row = (cell - 4) / tokens;
    let nodes = 1;
    for (const [layer, weights] of layers.entries())
      for (let head = 0; head < heads; head++) {
        const group = document.createElementNS(space, "g");
        group.setAttribute("transform", `translate(${head * cell}, ${layer * cell})`);
        for (let query = 0; query < tokens; query++)
          for (let key = 0; key < tokens; key++) {
            const line = document.createElementNS(space, "line");
            line.setAttribute("x1", "2");
            line.setAttribute("y1", String((query + 0.5) * row));
            line.setAttribute("x2", String(cell - 2));
            line.setAttribute("y2", String((key + 0.5) * row));
            line.setAttribute("stroke-width", "1");
            line.setAttribute("stroke", "steelblue");
            line.setAttribute("stroke-opacity", String(weights[(head * tokens + query) * tokens + key]));
            group.append(line);
            nodes++;
          }
        svg.append(group);
        nodes++;
      }
    document.body.append(svg);
    requestAnimationFrame(() => setTimeout(() => done({ ms: performance.now() - started, nodes })));
  });
}
