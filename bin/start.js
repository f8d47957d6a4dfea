// Apart from lucanto-mcp.js, since import() is a syntax error before Node 10.
import('../dist/main.js');
