import { useState } from "react";
import { useLocation } from "wouter";

/** The state of a menu, which closes when the user goes to another page. */
export function useOpenUntilNavigation(): readonly [isOpen: boolean, setOpen: (isOpen: boolean) => void] {
  const [path] = useLocation();
  const [lastPath, setLastPath] = useState(path);
  const [isOpen, setOpen] = useState(false);
  if (path !== lastPath) {
    setLastPath(path);
    setOpen(false);
  }
  return [isOpen && path === lastPath, setOpen];
}
