/** How the pages look; "system" follows what the computer is set to. */
export type Theme = 'system' | 'light' | 'dark'

const key = 'clusto.theme'

/** Returns the theme that was chosen in this browser. */
export function storedTheme(): Theme {
  const stored = localStorage.getItem(key)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** Shows a theme from now on, and remembers it. */
export function applyTheme(theme: Theme): void {
  localStorage.setItem(key, theme)
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
