import { useEffect } from "react";
import { debounce } from "../store/latest";
import { useWorkspace } from "../store/react";
import { type Link, linkOf, writeLink } from "../store/url";

const WRITE_AFTER = 300;

/** The whole address of a link; another hub that this page was opened with stays in it. */
export const addressOf = (link: Link): string =>
  `${location.origin}${location.pathname}${location.search}#${writeLink(link)}`;

/** Keeps the fragment of the address as the state is, and follows links that are opened in this page. */
export function useLink(on = true): void {
  const { store, actions } = useWorkspace();
  useEffect(() => {
    if (!on) return;
    let last = location.hash;
    const write = debounce(() => {
      const { source } = store.getState();
      if (!source) return;
      const fragment = `#${writeLink(linkOf(store.getState()))}`;
      if (fragment === last) return;
      last = fragment;
      history.replaceState(null, "", fragment);
    }, WRITE_AFTER);
    const opened = () => {
      if (location.hash === last) return;
      last = location.hash;
      void actions.follow(location.hash);
    };
    const leave = store.subscribe(write);
    window.addEventListener("hashchange", opened);
    return () => {
      leave();
      write.cancel();
      window.removeEventListener("hashchange", opened);
    };
  }, [on, store, actions]);
}
