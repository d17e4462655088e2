// The token stands behind the # of the address, which browsers send to no server. It is taken out of the address at once,
// so that it stays in no history, and it is used only when the form is sent: a program that opens links uses nothing up.
"use strict";

const form = document.getElementById("form");
const token = document.getElementById("token");
const password = document.getElementById("password");
const problem = document.getElementById("problem");
const done = document.getElementById("done");
const button = form.querySelector("button");

const fields = [token, password].filter(Boolean); // some pages ask for no password
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  token.value = given;
  document.getElementById("token-field").hidden = true;
  history.replaceState(null, "", location.pathname);
}
form.hidden = false;
(given ? password || button : token).focus();

function tell(text, field) {
  problem.textContent = text;
  for (const input of fields) input.removeAttribute("aria-invalid");
  if (!field) return;
  if (field === token) document.getElementById("token-field").hidden = false;
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!token.value.trim()) return tell(form.dataset.missing, token);
  if (password && !password.value) return tell(form.dataset.missing, password);
  tell("", null);
  button.disabled = true;
  try {
    const response = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: token.value.trim(), ...(password && { password: password.value }) }),
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    if (response.ok) {
      form.remove();
      done.hidden = false;
      return done.focus();
    }
    const found = await response.json().catch(() => ({}));
    const about = (found.field || [])[0] === "token" || !password ? token : password;
    const key = { EXPIRED: "expired", CONFLICT: "taken", RATE_LIMITED: "wait", INVALID_CREDENTIALS: about === token ? "used" : "wrong" };
    tell(form.dataset[key[found.code]] || found.detail || form.dataset.failed, ["INVALID_CREDENTIALS", "INVALID"].includes(found.code) ? about : null);
  } catch {
    tell(form.dataset.failed, null);
  } finally {
    button.disabled = false;
  }
});
