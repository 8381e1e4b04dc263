import { useActions, useApp, useWorkspace } from "../store/react";
import { isAddressed, linkOf } from "../store/url";
import { DialogFrame } from "./Dialog";
import { addressOf } from "./link";

const inAttribute = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** The code that puts this view, as it stands, into another page. */
export function EmbedDialog() {
  const { store } = useWorkspace();
  const { notify } = useActions();
  const files = useApp(({ source }) => !isAddressed(source));
  const address = addressOf({ ...linkOf(store.getState()), embed: true });
  const code = `<iframe src="${inAttribute(address)}" width="100%" height="640" style="border:0" title="Attention Explorer" allow="clipboard-write"></iframe>`;
  return (
    <DialogFrame title="Embed this view">
      <p>Paste this where you want it. Model, text, view and pins are in the address, which servers don't see.</p>
      {files && <p className="wrong">A model from your files can't be embedded by address.</p>}
      <textarea
        className="tok code"
        readOnly
        rows={6}
        value={code}
        aria-label="Code"
        onFocus={(event) => event.target.select()}
      />
      <div className="actions">
        <button
          type="button"
          className="button"
          data-primary
          onClick={() => {
            navigator.clipboard.writeText(code).then(
              () => notify("Code copied."),
              () => notify("The clipboard is closed to this page. Select the code and copy it."),
            );
          }}
        >
          Copy code
        </button>
      </div>
    </DialogFrame>
  );
}
