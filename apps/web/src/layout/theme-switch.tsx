import { useId, useSyncExternalStore } from "react";
import { commonTexts } from "../texts/common.ts";
import { selectTheme, themeStore, type Theme } from "./theme.ts";
import "./theme-switch.css";

const themes: readonly Theme[] = ["system", "light", "dark"];
const texts = commonTexts.theme;

export function ThemeSwitch() {
  const selected = useSyncExternalStore(themeStore.subscribe, themeStore.get);
  const name = useId();
  return (
    <fieldset className="theme-switch">
      <legend>{texts.label}</legend>
      <div className="theme-options">
        {themes.map((theme) => (
          <label key={theme} className="theme-option">
            <input
              type="radio"
              name={name}
              value={theme}
              checked={theme === selected}
              onChange={() => selectTheme(theme)}
            />
            <span>{texts[theme]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
