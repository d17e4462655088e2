import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const teal: MantineColorsTuple = [
  "#e9f6f6", "#d2eaea", "#a5d4d5", "#74bdbf", "#4ca9ac", "#2f9599", "#1b8187", "#0b6b72", "#0b5f66", "#074b51",
];

/** One scale of type, one of spaces, one radius, one shadow, one accent. */
export const theme = createTheme({
  primaryColor: "teal",
  primaryShade: { light: 8, dark: 6 },
  autoContrast: true,
  colors: { teal },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontSizes: { xs: "0.75rem", sm: "0.875rem", md: "1rem", lg: "1.25rem", xl: "1.5rem" },
  spacing: { xs: "0.25rem", sm: "0.5rem", md: "0.75rem", lg: "1rem", xl: "1.5rem" },
  headings: {
    fontWeight: "650",
    sizes: {
      h1: { fontSize: "1.5rem", lineHeight: "1.25" },
      h2: { fontSize: "1.25rem", lineHeight: "1.3" },
      h3: { fontSize: "1rem", lineHeight: "1.4" },
    },
  },
  defaultRadius: "md",
  radius: { md: "8px" },
  respectReducedMotion: true,
  cursorType: "pointer",
  focusRing: "auto",
});

/** Texts that are quieter keep a contrast of 4.5 to 1 on both grounds. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { "--accent": teal[8], "--mantine-color-dimmed": "#545d64", "--ground": "#ffffff", "--sunk": "#f5f7f8", "--line": "#d9dfe3" },
  dark: { "--accent": teal[3], "--mantine-color-anchor": teal[3], "--mantine-color-dimmed": "#a7b0b6", "--ground": "#14181a", "--sunk": "#1b2023", "--line": "#343c41",
    "--mantine-color-body": "#14181a",
  },
});
