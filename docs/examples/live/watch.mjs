// Prints what happens, one JSON document per line: node watch.mjs http://localhost:5080 API_KEY [triggerId]
import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

const [server, key, trigger] = process.argv.slice(2);
const connection = new HubConnectionBuilder()
  .withUrl(`${server}/hubs/live`, { accessTokenFactory: () => key })
  .withAutomaticReconnect({ nextRetryDelayInMilliseconds: (attempt) => Math.min(1000 * 2 ** attempt.previousRetryCount, 30_000) })
  .configureLogging(LogLevel.Error)
  .build();

const say = (what, value) => console.log(JSON.stringify({ what, ...value }));
const subscribe = () => (trigger ? connection.invoke("SubscribeToTrigger", trigger) : connection.invoke("SubscribeToAll"));

connection.on("News", (news) => say("news", news));
connection.on("Circuit", (circuit) => say("circuit", circuit));
connection.on("BrokerStatusChanged", (broker) => say("broker", broker));
connection.onreconnecting(() => say("reconnecting", {}));
// Groups belong to a connection: a new one has to say again what it wants to hear
connection.onreconnected(async () => {
  await subscribe();
  say("reconnected", {});
});

await connection.start();
await subscribe();
say("listening", {});
