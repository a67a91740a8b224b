import { useEffect, useRef } from "react";
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
