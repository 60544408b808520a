/** How the picture is drawn, in the colours of the page. */
import type { StylesheetJson } from "cytoscape";

/** `swatches`: an element whose children have the colours; a canvas cannot read custom properties itself. */
export function styleOf(swatches: HTMLElement): StylesheetJson {
  const colour = (name: string) => getComputedStyle(swatches.querySelector(`.${name}`)!).color;
  const [ink, soft, line, accent, raised, paper] = ["ink", "soft", "line", "accent", "raised", "paper"].map(colour) as [string, string, string, string, string, string];
  const font = getComputedStyle(document.body).fontFamily;
  return [
    {
      selector: "node",
      style: {
        label: "data(label)", width: 16, height: 16, "background-color": raised, "border-width": 2, "border-color": line,
        color: ink, "font-size": 11, "font-family": font, "text-valign": "bottom", "text-margin-y": 4, "text-wrap": "wrap",
        "text-max-width": "90px", "text-outline-color": raised, "text-outline-width": 2, "min-zoomed-font-size": 6,
      },
    },
    { selector: "node.open", style: { "background-color": line } },
    { selector: "node.chosen", style: { "background-color": accent, "border-color": accent, "font-weight": "bold", "overlay-color": paper } },
    {
      selector: "edge",
      style: {
        width: 1.5, "line-color": line, "target-arrow-color": line, "target-arrow-shape": "triangle", "arrow-scale": 0.8,
        "curve-style": "bezier", label: "data(label)", "font-size": 9, "font-family": font, color: soft,
        "text-rotation": "autorotate", "text-outline-color": raised, "text-outline-width": 2, "min-zoomed-font-size": 7,
      },
    },
    { selector: "edge.merge", style: { "line-style": "dashed", "target-arrow-shape": "none", "line-color": accent, color: accent } },
  ];
}
