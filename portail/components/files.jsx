import { useEffect, useRef, useState } from "react";

/* L'envoi d'un formulaire et de ses fichiers : la progression se voit, un refus ne fait rien perdre de ce qui est choisi.
   Sans JavaScript, le navigateur l'envoie lui-même et revient à la page. */
const CUT = "L’envoi n’est pas arrivé : la connexion a été coupée. Rien n’est perdu ici, réessayez.";
const LONGEST = 1900;

function tooMuch(form, { heaviest, most, tooHeavy, tooMany }) {
  const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
  const heavy = files.filter((file) => file.size > heaviest);
  return files.length > most ? [tooMany] : heavy.map((file) => tooHeavy.replace("{name}", file.name.slice(-100)));
}

function send(form, onShare) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action"));
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (seen) => seen.lengthComputable && onShare(Math.floor((100 * seen.loaded) / seen.total));
    request.onload = () => resolve(request.status === 200 ? null : request.response ?? { text: CUT, files: "" });
    request.onerror = request.onabort = request.ontimeout = () => resolve({ text: CUT, files: "" });
    request.send(new FormData(form));
  });
}

export function SendForm({ children, onSent, onRefused, heaviest, most, tooHeavy, tooMany, ...props }) {
  const sending = useRef(false);
  const [share, setShare] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (sending.current) return;
    const faults = tooMuch(form, { heaviest, most, tooHeavy, tooMany });
    if (faults.length) return onRefused("", faults.join("\n").slice(0, LONGEST));
    sending.current = true;
    const buttons = [...form.querySelectorAll("button")].filter((button) => !button.disabled);
    buttons.forEach((button) => { button.disabled = true; button.setAttribute("aria-busy", String(button.type === "submit")); });
    setShare(0);
    const refusal = await send(form, setShare);
    buttons.forEach((button) => { button.disabled = false; button.setAttribute("aria-busy", "false"); });
    sending.current = false;
    setShare(null);
    if (refusal) return onRefused(String(refusal.text ?? CUT).slice(0, LONGEST), String(refusal.files ?? "").slice(0, LONGEST));
    form.reset();
    onSent();
  };
  const words = share === 100 ? "Vérification des fichiers…" : `Envoi : ${share} %`;
  return (
    <form {...props} method="post" encType="multipart/form-data" noValidate onSubmit={submit}>
      {children}
      {share !== null && (
        <p className="sending" role="status">
          <progress max="100" value={share} aria-label="Envoi des fichiers" />
          <span>{words}</span>
        </p>
      )}
    </form>
  );
}

/* Le choix des fichiers, et ce qui est choisi : le nom et le poids de chacun. */
function weight(size) {
  return size < 1e6 ? `${Math.max(1, Math.round(size / 1e3))} Ko` : `${(size / 1e6).toFixed(1).replace(".", ",")} Mo`;
}

export function FilePicker(props) {
  const [picked, setPicked] = useState([]);
  const field = useRef(null);
  useEffect(() => {
    const form = field.current.form;
    const forget = () => setPicked([]);
    form?.addEventListener("reset", forget);
    return () => form?.removeEventListener("reset", forget);
  }, []);
  const look = (event) => setPicked([...event.currentTarget.files].map((file) => `${file.name}, ${weight(file.size)}`));
  return (
    <>
      <input {...props} type="file" onChange={look} ref={field} />
      {picked.length > 0 && <ul className="picked">{picked.map((line) => <li key={line}>{line}</li>)}</ul>}
    </>
  );
}
