import { useEffect, useState } from "react";
import { useActions, useApp } from "../store/react";
import { icons } from "../views/shared/icons";
import { droppedFrom, imagesIn } from "./dropped";

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

/** Takes files and folders that are dropped anywhere on the page, and images that are dropped or pasted. */
export function DropZone() {
  const { openFiles, setImage, fail, notify } = useActions();
  const readsImages = useApp((state) => state.model?.family === "vision");
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
        .then((files) => {
          const images = imagesIn(files);
          if (files.length === 0) return notify("The drop held no files.");
          if (!images) return openFiles(files);
          setImage(images[0]!);
          if (images.length > 1) notify(`The first of ${images.length} images is taken: ${images[0]!.name}.`);
        })
        .catch(fail);
    };
    const paste = (event: ClipboardEvent) => {
      const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
      if (!file) return;
      event.preventDefault();
      setImage({ file, name: file.name || "pasted image" });
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", drag);
    window.addEventListener("drop", drop);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", drag);
      window.removeEventListener("drop", drop);
      window.removeEventListener("paste", paste);
    };
  }, [openFiles, setImage, fail, notify]);
  if (!over) return null;
  return (
    <div className="drop" aria-hidden="true">
      <div>
        {icons.file}
        <b>Drop to open</b>
        <p>
          {readsImages && "An image for this model, or another model: "}
          model.onnx with its data, tokenizer.json, config.json, or their folder. Nothing is uploaded.
        </p>
      </div>
    </div>
  );
}
