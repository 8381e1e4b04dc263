import { useEffect, useState } from "react";
import { useActions } from "../store/react";
import { icons } from "../views/shared/icons";
import { droppedFrom } from "./dropped";

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

/** Takes files and folders that are dropped anywhere on the page. */
export function DropZone() {
  const { openFiles, fail, notify } = useActions();
  const [over, set] = useState(false);
  useEffect(() => {
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth++;
      set(true);
    };
    const leave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) set(false);
    };
    const drag = (event: DragEvent) => {
      if (holdsFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      set(false);
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      droppedFrom(event.dataTransfer)
        .then((files) => (files.length > 0 ? openFiles(files) : notify("The drop held no files.")))
        .catch(fail);
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", drag);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", drag);
      window.removeEventListener("drop", drop);
    };
  }, [openFiles, fail, notify]);
  if (!over) return null;
  return (
    <div className="drop" aria-hidden="true">
      <div>
        {icons.file}
        <b>Drop to open</b>
        <p>model.onnx with its data, tokenizer.json, config.json, or their folder. Nothing is uploaded.</p>
      </div>
    </div>
  );
}
