import { useEffect, useRef, useState } from "react";

/* Une page qui attend redemande où elle en est, à intervalle régulier. */
export function Ticker({ seconds, onTick }) {
  const tick = useRef(onTick);
  useEffect(() => { tick.current = onTick; });
  useEffect(() => {
    const timer = setInterval(() => tick.current?.(), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  return null;
}

const two = (number) => String(number).padStart(2, "0");

function spoken(left) {
  const days = Math.floor(left / 86400);
  const hours = Math.floor((left % 86400) / 3600);
  const clock = `${two(hours)}:${two(Math.floor((left % 3600) / 60))}:${two(left % 60)}`;
  if (days > 1) return `${days} jours et ${hours} h`;
  return days === 1 ? `1 jour et ${clock}` : clock;
}

/* Le temps qui reste, à l'heure du serveur ; arrivé à zéro, la page le dit une fois, à un instant tiré au sort dans la
   première seconde : mille navigateurs ne frappent pas tous au même moment. */
export function Countdown({ until, serverNow, onOpen, label }) {
  const [left, setLeft] = useState(null);
  const open = useRef(onOpen);
  useEffect(() => { open.current = onOpen; });
  useEffect(() => {
    const late = new Date(serverNow) - Date.now();
    let told = null;
    const look = () => {
      const seconds = Math.max(0, Math.ceil((new Date(until) - Date.now() - late) / 1000));
      setLeft(seconds);
      if (seconds > 0 || told !== null) return;
      clearInterval(timer);
      told = setTimeout(() => open.current?.(), Math.random() * 1000);
    };
    const timer = setInterval(look, 500);
    look();
    return () => { clearInterval(timer); clearTimeout(told); };
  }, [until, serverNow]);
  return (
    <p className="countdown" role="timer" aria-label={label}>
      <span aria-hidden="true" className="countdown-left">{left === null ? "" : spoken(left)}</span>
    </p>
  );
}
