"""Runs a program in a terminal of 100 columns and draws what it showed as an animated SVG: record-terminal.py OUT.svg -- PROGRAM ...

It knows the sequences that PowerShell's progress and tables write: cursor movement, erasing, colours. No package is needed.
"""
import fcntl, html, os, pty, re, select, struct, sys, termios, time

COLUMNS, LINES = 100, 26
STEP = 0.5           # seconds between two frames that are looked at
LIMIT = 120          # seconds that a program may run
COLOURS = {30: "#3b4a54", 31: "#e06c5c", 32: "#6fbf73", 33: "#e0b050", 34: "#5aa7e0", 35: "#b98be0", 36: "#4fb8c4", 37: "#d7e0e4",
           90: "#7d8d96", 91: "#ff8a7a", 92: "#8fdf93", 93: "#ffd070", 94: "#7ac7ff", 95: "#d9abff", 96: "#6fd8e4", 97: "#ffffff"}
PLAIN = "#d7e0e4"


class Screen:
    """A terminal's cells: a character with its colour, boldness and whether it is reversed."""

    def __init__(self):
        self.cells = [[(" ", None)] * COLUMNS for _ in range(LINES)]
        self.row = self.column = 0
        self.saved = (0, 0)
        self.style = (None, False, False)
        self.rest = ""

    def feed(self, text):
        text = self.rest + text
        self.rest = ""
        position = 0
        while position < len(text):
            char = text[position]
            if char == "\x1b":
                match = re.compile(r"\x1b(?:\[([?>=]?)([0-9;]*)([A-Za-z@`])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[78=>c])").match(text, position)
                if not match:
                    if len(text) - position > 200:
                        position += 1
                        continue
                    self.rest = text[position:]
                    return
                position = match.end()
                if match.group(0)[1:] == "7":
                    self.saved = (self.row, self.column)
                elif match.group(0)[1:] == "8":
                    self.row, self.column = self.saved
                elif match.group(3) and not match.group(1):
                    self.control(match.group(3), [int(n) if n else 0 for n in match.group(2).split(";")])
                continue
            position += 1
            if char == "\r":
                self.column = 0
            elif char == "\n":
                self.down()
            elif char == "\b":
                self.column = max(0, self.column - 1)
            elif char >= " ":
                if self.column >= COLUMNS:
                    self.column = 0
                    self.down()
                self.cells[self.row][self.column] = (char, self.style)
                self.column += 1

    def down(self):
        if self.row + 1 < LINES:
            self.row += 1
        else:
            self.cells = self.cells[1:] + [[(" ", None)] * COLUMNS]

    def control(self, letter, numbers):
        count = max(1, numbers[0])
        if letter == "A":
            self.row = max(0, self.row - count)
        elif letter == "B":
            self.row = min(LINES - 1, self.row + count)
        elif letter == "C":
            self.column = min(COLUMNS - 1, self.column + count)
        elif letter == "D":
            self.column = max(0, self.column - count)
        elif letter == "G":
            self.column = min(COLUMNS, count) - 1
        elif letter in "Hf":
            self.row = min(LINES, count) - 1
            self.column = min(COLUMNS, max(1, numbers[1] if len(numbers) > 1 else 1)) - 1
        elif letter == "s":
            self.saved = (self.row, self.column)
        elif letter == "u":
            self.row, self.column = self.saved
        elif letter == "K":
            start, end = {0: (self.column, COLUMNS), 1: (0, self.column + 1)}.get(numbers[0], (0, COLUMNS))
            for column in range(start, min(end, COLUMNS)):
                self.cells[self.row][column] = (" ", None)
        elif letter == "J":
            first = 0 if numbers[0] >= 2 else self.row
            for row in range(first, LINES):
                for column in range(self.column if row == self.row and numbers[0] == 0 else 0, COLUMNS):
                    self.cells[row][column] = (" ", None)
        elif letter == "m":
            self.colour(numbers)

    def colour(self, numbers):
        foreground, bold, reverse = self.style
        for number in numbers:
            if number == 0:
                foreground, bold, reverse = None, False, False
            elif number == 1:
                bold = True
            elif number == 22:
                bold = False
            elif number == 7:
                reverse = True
            elif number == 27:
                reverse = False
            elif number == 39:
                foreground = None
            elif number in COLOURS:
                foreground = COLOURS[number]
        self.style = (foreground, bold, reverse)

    def shot(self):
        return tuple(tuple(row) for row in self.cells)


def run(program):
    """The frames that differ, each with the time at which it was first seen."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS=str(COLUMNS), LINES=str(LINES), LANG="C.UTF-8", DOTNET_NOLOGO="1", POWERSHELL_TELEMETRY_OPTOUT="1")
        os.execvp(program[0], program)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    screen, frames, start, shown, rest = Screen(), [], time.monotonic(), 0.0, b""
    while time.monotonic() - start < LIMIT:
        ready, _, _ = select.select([terminal], [], [], STEP / 2)
        if ready:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            rest += data
            # PowerShell asks where the cursor is, and waits for the answer.
            for _ in range(rest.count(b"\x1b[6n")):
                os.write(terminal, f"\x1b[{screen.row + 1};{screen.column + 1}R".encode())
            try:
                text, rest = rest.decode(), b""
            except UnicodeDecodeError as error:
                text, rest = rest[:error.start].decode(), rest[error.start:]
            screen.feed(text.replace("\x1b[6n", ""))
        now = time.monotonic() - start
        if now - shown >= STEP and (not frames or frames[-1][1] != screen.shot()):
            frames.append((now, screen.shot()))
            shown = now
    frames.append((time.monotonic() - start, screen.shot()))
    os.waitpid(child, 0)
    return frames


def line(cells, y):
    """Runs of one style become one element; only what is not blank is drawn."""
    out, column = [], 0
    while column < COLUMNS:
        char, style = cells[column]
        end = column
        while end < COLUMNS and cells[end][1] == style:
            end += 1
        text = "".join(c for c, _ in cells[column:end])
        foreground, bold, reverse = style or (None, False, False)
        if reverse and text:
            out.append(f'<rect x="{column * 8.4 + 14:.1f}" y="{y - 13}" width="{(end - column) * 8.4:.1f}" height="18" fill="{foreground or PLAIN}"/>')
        if text.strip():
            lead = len(text) - len(text.lstrip(" "))
            body = html.escape(text.strip(" "), quote=False)
            weight = ' font-weight="600"' if bold else ""
            fill = "#15212a" if reverse else foreground or PLAIN
            length = (len(text.strip(" "))) * 8.4
            out.append(f'<text x="{(column + lead) * 8.4 + 14:.1f}" y="{y}" fill="{fill}"{weight} textLength="{length:.1f}">{body}</text>')
        column = end
    return "".join(out)


def draw(frames):
    first = next(i for i, (_, f) in enumerate(frames) if any(c != " " for row in f for c, _ in row))
    frames = frames[first:]
    total = frames[-1][0] - frames[0][0] + 6
    used = max(i for _, f in frames for i, row in enumerate(f) if any(c != " " for c, _ in row)) + 1
    height, parts, styles = used * 18 + 30, [], []
    for number, (at, frame) in enumerate(frames):
        begin = (at - frames[0][0]) / total * 100
        end = 100 if number + 1 == len(frames) else (frames[number + 1][0] - frames[0][0]) / total * 100
        body = "".join(line(row, 24 + i * 18) for i, row in enumerate(frame[:used]))
        # Without animation (print, reduced motion) the last frame is shown.
        still = "visible" if number + 1 == len(frames) else "hidden"
        parts.append(f'<g class="f" id="f{number}" visibility="{still}">{body}</g>')
        before = f"0%,{begin - 0.001:.3f}%{{visibility:hidden}}" if begin > 0 else ""
        after = f"{end:.3f}%,100%{{visibility:hidden}}" if end < 100 else "100%{visibility:visible}"
        styles.append(f"@keyframes k{number}{{{before}{begin:.3f}%{{visibility:visible}}{after}}}#f{number}{{animation:k{number} {total:.1f}s step-end infinite}}")
    style = "@media screen and (prefers-reduced-motion: no-preference){" + "".join(styles) + "}"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {COLUMNS * 8.4 + 28:.0f} {height}" role="img" '
            f'font-family="ui-monospace,Menlo,Consolas,\'Liberation Mono\',\'DejaVu Sans Mono\',monospace" font-size="14" xml:space="preserve">'
            f"<title>A run of Send-DicomStore in a terminal: the archive goes away for some seconds and comes back</title><style>{style}</style>"
            f'<rect width="100%" height="100%" rx="8" fill="#15212a"/>{"".join(parts)}</svg>\n')


if __name__ == "__main__":
    separator = sys.argv.index("--")
    frames = run(sys.argv[separator + 1:])
    # A picture tells no path of the machine that made it.
    svg = draw(frames).replace(os.path.join(os.getcwd(), "output", "pictures") + os.sep, "./reports/")
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(svg)
    print(f"{sys.argv[1]}: {len(frames)} frames, {len(svg)} bytes")
