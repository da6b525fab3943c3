// Applies the selected theme before the first paint. It is a file of its own, because the Content-Security-Policy allows no
// inline script, and modules run after the first paint. A browser that forbids storage uses the theme of the system.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (error) {
  console.info("The theme of the system is used, because the browser allows no storage.", error);
}
