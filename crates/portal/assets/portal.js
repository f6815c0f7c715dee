// Small comforts; every page works without them.
"use strict";
(() => {
  // The page's language, in the way of the reader's country.
  const language = document.documentElement.lang;
  const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) || language;
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.textContent = day.format(new Date(time.dateTime));
  }

  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  document.documentElement.classList.add("scripted");
  const input = form.querySelector("input[type=file]");
  const status = document.querySelector("[data-status]");
  const problem = document.querySelector("[data-problem]");

  const tell = (element, text) => {
    status.hidden = true;
    problem.hidden = true;
    element.textContent = text;
    element.hidden = false;
  };

  // With progress; the answer is the page that a plain form would get.
  const send = (file) => {
    if (file.size > Number(form.dataset.limit)) return tell(problem, form.dataset.tooLarge);
    const body = new FormData();
    body.append("csrf", form.elements.csrf.value);
    body.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.onprogress = (event) => {
      const percent = event.lengthComputable ? Math.round((event.loaded / event.total) * 100) : 0;
      tell(status, form.dataset.progress.replace("{percent}", percent));
    };
    request.onerror = () => tell(problem, form.dataset.lost);
    request.onload = () => {
      if (request.status < 400) return location.assign(request.responseURL);
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const words = [...page.querySelectorAll("[data-message], [data-hint]")].map((part) => part.textContent);
      tell(problem, words.join(" ") || form.dataset.lost);
    };
    request.onloadend = () => { input.value = ""; };
    request.send(body);
  };

  input.addEventListener("change", () => { if (input.files.length) send(input.files[0]); });

  const room = document.querySelector("[data-drop]");
  let depth = 0;
  const lit = (on) => room.classList.toggle("dropping", on);
  const files = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragenter", (event) => { if (files(event)) { depth += 1; lit(true); } });
  document.addEventListener("dragleave", (event) => { if (files(event)) { depth -= 1; lit(depth > 0); } });
  document.addEventListener("dragover", (event) => { if (files(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    depth = 0;
    lit(false);
    if (event.dataTransfer.files.length) send(event.dataTransfer.files[0]);
  });
})();
