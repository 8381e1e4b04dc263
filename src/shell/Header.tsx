import { useActions, useApp, useWorkspace } from "../store/react";
import type { Theme } from "../store/state";
import { isAddressed, linkOf } from "../store/url";
import { Chevron } from "../views/shared/controls";
import { usePhone } from "../views/shared/environment";
import { icons, Logo } from "../views/shared/icons";
import { sourceName } from "../worker/protocol";
import { ExportMenu } from "./ExportMenu";
import { deviceLabel, shape } from "./format";
import { addressOf } from "./link";

const nextTheme: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
const themeIcon = { system: icons.system, light: icons.moon, dark: icons.sun } as const;
const themeSays = { system: "as the system", light: "light", dark: "dark" } as const;

function Ring({ share }: { readonly share: number | null }) {
  const around = 2 * Math.PI * 5;
  return (
    <svg
      className="ring"
      width="14"
      height="14"
      viewBox="0 0 14 14"
      aria-hidden="true"
      data-unknown={share === null || undefined}
    >
      <circle cx="7" cy="7" r="5" />
      <circle
        cx="7"
        cy="7"
        r="5"
        strokeDasharray={`${(share ?? 0.25) * around} ${around}`}
        transform="rotate(-90 7 7)"
      />
    </svg>
  );
}

/** What is loaded or on its way: opens the picker. */
function ModelChip() {
  const source = useApp((state) => state.next ?? state.source);
  const loaded = useApp((state) => state.model);
  const loading = useApp((state) => state.loading);
  const catalog = useApp((state) => state.catalog);
  const { openDialog } = useActions();
  const model = loading ? null : loaded;
  const row = source?.kind === "shipped" ? catalog?.models.find(({ id }) => id === source.id) : undefined;
  const name = model?.name ?? row?.name ?? (source ? sourceName(source) : "Choose a model");
  const about = model
    ? { architecture: model.architecture, shape: shape(model.layers, model.heads), precision: model.precision }
    : row && { architecture: row.architecture, shape: shape(row.layers, row.heads), precision: row.precision };
  const share = loading?.total ? loading.done / loading.total : null;
  return (
    <button
      type="button"
      className="model-chip"
      aria-haspopup="dialog"
      aria-label={`Model: ${name}. Choose another`}
      onClick={() => openDialog("models")}
    >
      <b>{name}</b>
      {about && (
        <span className="model-about">
          <span>{about.architecture}</span>
          <span>{about.shape}</span>
          <span>{about.precision}</span>
        </span>
      )}
      {loading ? (
        <span className="model-device">
          <Ring share={share} />
          {share === null ? "opening" : `${Math.round(share * 100)}%`}
        </span>
      ) : model ? (
        <span className="model-device">
          <i aria-hidden="true" />
          {deviceLabel(model)}
        </span>
      ) : null}
      <Chevron />
    </button>
  );
}

export function ShareButton() {
  const { store } = useWorkspace();
  const { notify } = useActions();
  const phone = usePhone();
  const share = async () => {
    const state = store.getState();
    const url = addressOf(linkOf(state));
    const files = !isAddressed(state.source);
    const note = files
      ? "Link copied. It can't carry a model from your files: whoever opens it picks the same files."
      : "Link copied. It holds model, text, view and pins, and stays out of server logs.";
    try {
      await navigator.clipboard.writeText(url);
      notify(note);
    } catch {
      // Clipboards are closed to frames and insecure pages; the address bar has the link in any case.
      history.replaceState(null, "", url);
      notify("The clipboard is closed to this page. The link is in the address bar.");
    }
  };
  return (
    <button type="button" className="ghost" aria-label="Share link" onClick={() => void share()}>
      {icons.link}
      {!phone && "Share link"}
    </button>
  );
}

export function Header() {
  const theme = useApp((state) => state.theme);
  const phone = usePhone();
  const { setTheme } = useActions();
  return (
    <header className="header">
      <div className="brand">
        <Logo />
        {phone ? <span className="sr-only">Attention Explorer</span> : <span>Attention Explorer</span>}
      </div>
      <ModelChip />
      <div className="header-tools">
        <ShareButton />
        <ExportMenu />
        <button
          type="button"
          className="ghost icon theme"
          aria-label={`Theme: ${themeSays[theme]}`}
          title={`Theme: ${themeSays[theme]}`}
          onClick={() => setTheme(nextTheme[theme])}
        >
          {themeIcon[theme]}
        </button>
      </div>
    </header>
  );
}
