import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";

/* Un vrai formulaire : le navigateur l'envoie lui-même, même quand la connexion au serveur est coupée. */
export function NativeForm({ children, ...props }) {
  return <form {...props}>{children}</form>;
}

/* Dès qu'un ticket arrive, il part une seule fois vers /session, qui pose le cookie et redirige.
   Le début du ticket envoyé est retenu dans l'onglet : après un échec, la page revenue ne le renvoie pas. */
const SENT = "portail-ticket";
export function TicketForm({ ticket, suite }) {
  const form = useRef(null);
  useEffect(() => {
    const mark = ticket.slice(0, 12);
    if (!ticket || sessionStorage.getItem(SENT) === mark) return;
    sessionStorage.setItem(SENT, mark);
    form.current.submit();
  }, [ticket]);
  return (
    <form ref={form} method="post" action="/session" hidden>
      <input type="hidden" name="ticket" value={ticket} readOnly />
      <input type="hidden" name="suite" value={suite} readOnly />
    </form>
  );
}

/* Dès que l'adresse d'une page de paiement arrive, le navigateur y part. Chaque départ porte une marque, retenue dans
   l'onglet : la page retrouvée ensuite, où l'adresse peut être encore, ne le refait pas. */
const GONE = "portail-depart";
export function Departure({ url }) {
  useEffect(() => {
    const [mark, address] = url.split(" ");
    if (!address || sessionStorage.getItem(GONE) === mark) return;
    sessionStorage.setItem(GONE, mark);
    window.location.assign(address);
  }, [url]);
  return null;
}

/* Après un changement de page sans rechargement, le lecteur d'écran et le clavier repartent du contenu. */
let seen = null;
export function Arrival() {
  const { pathname } = useLocation();
  useEffect(() => {
    if (seen !== null && seen !== pathname) {
      document.getElementById("contenu")?.focus({ preventScroll: true });
    }
    seen = pathname;
  }, [pathname]);
  return null;
}

/* Quand une erreur apparaît, le résumé reçoit le focus : il est lu et ses liens mènent aux champs. */
export function FocusOnShow({ children, ...props }) {
  const box = useRef(null);
  useEffect(() => { box.current?.focus(); }, []);
  return <div ref={box} tabIndex={-1} {...props}>{children}</div>;
}

/* « Activer l'ergonomie mobile » : toute règle @media de largeur s'applique comme si l'écran avait la largeur choisie,
   sans rien doubler dans la feuille. Le choix reste sur l'appareil, pour que la page suivante s'affiche d'emblée ainsi. */
const CHOICE = "portail-presentation";
const WIDTHS = /\((?:(min|max)-width: (\d+)px|width (<=|>=) (\d+)px)\)/g;
const written = new Map();

function chosenWidth(choice) {
  if (choice === "mobile") return Math.min(window.innerWidth, 480);
  return choice === "desktop" ? Math.max(window.innerWidth, 1024) : 0;
}

function holds(condition, width) {
  return [...condition.matchAll(WIDTHS)].every(([, side, one, sign, other]) =>
    side === "min" || sign === ">=" ? width >= Number(one ?? other) : width <= Number(one ?? other));
}

function onlyAboutWidth(condition) {
  return condition.includes("width") && condition.replace(WIDTHS, "").replaceAll(" and ", "").trim() === "";
}

function follow(rules, width) {
  for (const rule of rules) {
    const condition = written.get(rule) ?? rule.media?.mediaText ?? "";
    if (rule instanceof CSSMediaRule && onlyAboutWidth(condition)) {
      written.set(rule, condition);
      rule.media.mediaText = width ? (holds(condition, width) ? "all" : "not all") : condition;
    } else if (rule.cssRules ?? rule.styleSheet) {
      follow(rule.cssRules ?? rule.styleSheet.cssRules, width);
    }
  }
}

function present(choice) {
  const viewport = document.querySelector("meta[name=viewport]");
  document.documentElement.dataset.display = choice || "auto";
  viewport?.setAttribute("content", choice === "desktop" ? "width=1024" : "width=device-width, initial-scale=1, viewport-fit=cover");
  for (const sheet of document.styleSheets) follow(sheet.cssRules, chosenWidth(choice));
}

if (typeof document !== "undefined" && localStorage.getItem(CHOICE)) present(localStorage.getItem(CHOICE));

export function DisplayChoice({ choice, ready }) {
  useEffect(() => {
    if (!ready) return undefined;
    const again = () => present(choice);
    if (choice && choice !== "auto") localStorage.setItem(CHOICE, choice);
    else localStorage.removeItem(CHOICE);
    again();
    window.addEventListener("resize", again);
    return () => window.removeEventListener("resize", again);
  }, [choice, ready]);
  return null;
}

/* Imprimer la page, telle que la feuille d'impression la montre. */
export function PrintButton({ children, ...props }) {
  return <button type="button" onClick={() => window.print()} {...props}>{children}</button>;
}

/* Une adresse à copier : le bouton dit que c'est fait ; sans presse-papiers, le champ est choisi en entier. */
export function CopyField({ fieldId, value, label, copied }) {
  const field = useRef(null);
  const [done, setDone] = useState(false);
  const copy = async () => {
    field.current.select();
    try {
      await navigator.clipboard.writeText(value);
      setDone(true);
    } catch {
      setDone(document.execCommand("copy"));
    }
  };
  return (
    <div className="copy">
      <input id={fieldId} ref={field} className="input" readOnly value={value} onFocus={(event) => event.target.select()} />
      <button type="button" className="btn ghost" onClick={copy}>{done ? copied : label}</button>
      <span className="unseen" role="status">{done ? copied : ""}</span>
    </div>
  );
}
