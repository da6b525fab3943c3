// The script of a page that attacks another origin. It is a text, because the tests have no types of a page.

/** Defines `attack(url)`, which sends requests of every kind that a page can send, and returns what it can read of them. */
export const hostilePage = `
globalThis.attack = async (url) => {
  const readable = [];
  const signOut = \`\${url}/trpc/auth.signOut\`;
  const create = \`\${url}/trpc/workspaces.create\`;
  const body = JSON.stringify({ name: "Hostile" });
  const json = { "content-type": "application/json" };
  const read = async (name, address, init) => {
    const response = await fetch(address, init).catch(() => undefined);
    const text = await response?.text().catch(() => "");
    if (text) readable.push(\`\${name}: \${text}\`);
  };
  await read("no-cors", signOut, {
    method: "POST",
    mode: "no-cors",
    credentials: "include",
    body: "{}",
  });
  await read("no-cors create", create, {
    method: "POST",
    mode: "no-cors",
    credentials: "include",
    body,
  });
  await read("text", create, { method: "POST", credentials: "include", body });
  await read("json", create, { method: "POST", credentials: "include", headers: json, body });
  const headers = { ...json, "x-session": "cookie" };
  await read("header", create, { method: "POST", credentials: "include", headers, body });
  await read("header query", \`\${url}/trpc/auth.me\`, { credentials: "include", headers });
  await read("query", \`\${url}/trpc/auth.me\`, { credentials: "include" });
  navigator.sendBeacon(signOut, new Blob(["{}"], { type: "text/plain" }));
  const load = (element) =>
    new Promise((resolve) => {
      const end = () => resolve();
      element.addEventListener("load", end);
      element.addEventListener("error", end);
      element.src = \`\${url}/trpc/auth.me\`;
      document.head.append(element);
    });
  await load(document.createElement("img"));
  await load(document.createElement("script"));
  for (const [action, enctype] of [
    [signOut, "text/plain"],
    [create, "application/x-www-form-urlencoded"],
    [create, "multipart/form-data"],
  ]) {
    const frame = document.createElement("iframe");
    frame.name = \`frame-\${Math.random()}\`;
    document.body.append(frame);
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action, enctype, target: frame.name });
    const field = document.createElement("input");
    Object.assign(field, { name: '{"name":"Hostile","x":"', value: '"}' });
    form.append(field);
    document.body.append(form);
    const loaded = new Promise((resolve) => frame.addEventListener("load", () => resolve()));
    form.submit();
    await loaded;
    const text = (() => {
      try {
        return frame.contentDocument?.body.textContent ?? "";
      } catch {
        return "";
      }
    })();
    if (text) readable.push(\`form: \${text}\`);
  }
  return readable;
};

/** Sends a form that navigates the page itself. */
globalThis.navigateByForm = (action) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action, enctype: "text/plain" });
  document.body.append(form);
  form.submit();
};
`;
