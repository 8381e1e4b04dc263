/** Hands out tickets; only the newest is valid, so that an older answer that comes late is dropped. */
export function tickets(): () => () => boolean {
  let newest = 0;
  return () => {
    const mine = ++newest;
    return () => mine === newest;
  };
}

/** Calls `run` once, `ms` after the last call. */
export function debounce(run: () => void, ms: number): { (): void; flush(): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const cancel = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const later = () => {
    cancel();
    timer = setTimeout(() => {
      timer = null;
      run();
    }, ms);
  };
  const flush = () => {
    if (timer === null) return;
    cancel();
    run();
  };
  return Object.assign(later, { flush, cancel });
}
