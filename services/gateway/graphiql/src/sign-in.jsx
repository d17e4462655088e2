import { useState, useSyncExternalStore } from "react";

import { current, signIn, signOut, subscribe } from "./session.js";

const DEMO = ["maria", "jonas", "amina", "noel", "vera", "vito", "mod", "admin"];

// Signing in as one of the demo people, or as anybody else.
export function SignIn() {
  const session = useSyncExternalStore(subscribe, current);
  const [problem, setProblem] = useState("");

  async function submit(event) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setProblem("");
    try {
      await signIn(form.get("email"), form.get("password"));
    } catch (error) {
      setProblem(error.message);
    }
  }

  if (session) {
    return (
      <header>
        <strong>Consilium</strong>
        <span id="who">Signed in as {session.name}</span>
        <button type="button" onClick={signOut}>Sign out</button>
      </header>
    );
  }
  return (
    <header>
      <strong>Consilium</strong>
      <form onSubmit={submit}>
        <input name="email" list="demo" placeholder="e-mail" aria-label="e-mail" autoComplete="username" required />
        <datalist id="demo">
          {DEMO.map((name) => <option key={name} value={`${name}@demo.example`} />)}
        </datalist>
        <input
          name="password" type="password" placeholder="password" aria-label="password"
          autoComplete="current-password" required
        />
        <button type="submit">Sign in</button>
        <span className="hint">demo people: maria, jonas, amina, noel, vera … @demo.example, consilium-demo</span>
        <span role="alert">{problem}</span>
      </form>
    </header>
  );
}
