/** Megabytes (10^6, as people count downloads), with as many digits as tell something. */
export const megabytes = (bytes: number): string => {
  const value = bytes / 1e6;
  if (value >= 1000) return `${(value / 1000).toFixed(2)} GB`;
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} MB`;
};
