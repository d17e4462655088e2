// Runs graphql-http's audits of a server against the address in argv[2], and prints the results as JSON.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
const told = [];
for (const { id, name, status, reason } of results) told.push({ id, name, status, reason });
console.log(JSON.stringify(told));
