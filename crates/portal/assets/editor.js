// Starts the editor with the configuration that the page carries.
"use strict";
(() => {
  const source = document.getElementById("editor-config");
  const loading = document.getElementById("editor-loading");
  const down = document.getElementById("editor-down");
  const config = JSON.parse(source.textContent);

  const fail = () => {
    clearTimeout(slow);
    loading.hidden = true;
    down.hidden = false;
  };
  const slow = setTimeout(() => { loading.textContent = loading.dataset.slow; }, 8000);

  config.events = {
    // The key of this page names a content that is no longer the newest: a new page has the new key.
    onOutdatedVersion: () => location.reload(),
    // The back end knows the versions, and signs the one that is to be shown.
    onRequestHistory: () => tell("history", "refreshHistory"),
    onRequestHistoryData: (event) => tell(`history/${event.data}`, "setHistoryData"),
  };
  let editor;
  const tell = async (path, method) => {
    try {
      const answer = await fetch(path);
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      editor[method](await answer.json());
    } catch (error) {
      editor[method]({ error: String(error.message) });
    }
  };

  const script = document.createElement("script");
  script.src = source.dataset.api;
  script.onerror = fail;
  script.onload = () => {
    if (!window.DocsAPI) return fail();
    clearTimeout(slow);
    loading.hidden = true;
    // The editor has a title and a way back of its own.
    document.body.classList.add("started");
    editor = new window.DocsAPI.DocEditor("editor", config);
  };
  document.head.append(script);
})();
