// Before the first paint, so that a remembered theme does not flash: see app/notebook/preferences.ts.
try {
  const theme = localStorage.getItem('unroll.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme stays.
}
