/** Two tones, made here: no sound file, no network. Returns what ends it. */
export function startSiren(): () => void {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const loud = audio.createGain();
  tone.type = 'triangle';
  loud.gain.value = 0.25;
  tone.connect(loud).connect(audio.destination);
  for (let second = 0; second < 3600; second += 1) {
    tone.frequency.setValueAtTime(second % 2 === 0 ? 880 : 620, audio.currentTime + second * 0.6);
  }
  tone.start();
  const wake = () => void audio.resume();
  window.addEventListener('pointerdown', wake);
  window.addEventListener('keydown', wake);
  return () => {
    window.removeEventListener('pointerdown', wake);
    window.removeEventListener('keydown', wake);
    tone.stop();
    void audio.close();
  };
}
