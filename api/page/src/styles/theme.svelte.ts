/** Light, dark, or as the system has it. */
export type Theme = "system" | "light" | "dark";

const KEPT = "quipu.theme";

class ChosenTheme {
  theme = $state<Theme>(first());

  choose(theme: Theme): void {
    this.theme = theme;
    localStorage.setItem(KEPT, theme);
    this.show();
  }

  show(): void {
    if (this.theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.theme;
  }
}

export const chosenTheme = new ChosenTheme();

function first(): Theme {
  const kept = localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}
