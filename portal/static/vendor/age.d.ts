export * from "./age.entry.js";
