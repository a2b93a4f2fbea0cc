/** Draws how many bytes were under way between page and core, while a file came in. */

/** What Corral lets a sender send ahead of its reader. */
const credit = 256 * 64 * 1024;
const tallest = credit * 1.2;

export interface UnderWay {
  /** Begins anew, for a file of this size. */
  begin(size: number): void;
  /** So much has gone out, so much of it was read. */
  note(sent: number, read: number): void;
}

export function drawUnderWay(canvas: HTMLCanvasElement): UnderWay {
  const pen = canvas.getContext('2d')!;
  let size = 0;
  /** The most that was under way in each part of the file. */
  let heights = new Float64Array(0);
  let asked = false;

  function draw(): void {
    asked = false;
    const scale = devicePixelRatio;
    const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    Object.assign(canvas, { width, height });
    const { color, borderTopColor, fontFamily } = getComputedStyle(canvas);
    const y = (value: number): number => height * (1 - Math.min(1, value / tallest));
    pen.fillStyle = color;
    pen.beginPath();
    pen.moveTo(0, height);
    heights.forEach((value, part) => pen.lineTo((width * part) / (heights.length - 1), y(value)));
    pen.lineTo(width, height);
    pen.fill();
    pen.strokeStyle = borderTopColor;
    pen.lineWidth = scale;
    pen.setLineDash([4 * scale, 4 * scale]);
    pen.beginPath();
    pen.moveTo(0, y(credit));
    pen.lineTo(width, y(credit));
    pen.stroke();
    pen.fillStyle = borderTopColor;
    pen.font = `${11 * scale}px ${fontFamily}`;
    pen.fillText('16 MB', 8 * scale, y(credit) - 6 * scale);
  }

  function ask(): void {
    if (!asked) requestAnimationFrame(draw);
    asked = true;
  }

  new ResizeObserver(ask).observe(canvas);
  document.addEventListener('theme', ask);
  return {
    begin(whole) {
      size = whole;
      heights = new Float64Array(160);
      ask();
    },
    note(sent, read) {
      const part = Math.min(heights.length - 1, Math.floor((read / Math.max(1, size)) * heights.length));
      heights[part] = Math.max(heights[part]!, sent - read);
      ask();
    },
  };
}
