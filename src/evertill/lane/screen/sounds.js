// Three sounds, made here: a scan that was taken, a refusal, money taken. Without sound nothing is lost:
// everything that sounds is shown too.

import { device } from "./device.js";

/** Each tone: hertz, start and length in seconds. Low and twice is no; rising is paid. */
const TUNES = {
  scan: [[1320, 0, 0.05]],
  refusal: [[233, 0, 0.13], [196, 0.16, 0.2]],
  paid: [[660, 0, 0.08], [880, 0.09, 0.08], [1320, 0.18, 0.14]],
};
const LOUDNESS = 0.12;
const SOFT_S = 0.008; // a tone that begins at once would click

let speaker = null;

/** Plays one of the tunes, if this device is not muted and the browser lets a page sound by now. */
export function sound(which) {
  if (device.sound !== "on" || !window.AudioContext) return;
  speaker = speaker || new AudioContext();
  if (speaker.state === "suspended") speaker.resume().catch(() => {});
  const begin = speaker.currentTime + 0.01;
  for (const [hertz, start, length] of TUNES[which]) {
    const tone = speaker.createOscillator();
    const volume = speaker.createGain();
    tone.type = "triangle";
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, begin + start);
    volume.gain.linearRampToValueAtTime(LOUDNESS, begin + start + SOFT_S);
    volume.gain.linearRampToValueAtTime(0, begin + start + length);
    tone.connect(volume).connect(speaker.destination);
    tone.start(begin + start);
    tone.stop(begin + start + length);
  }
}
