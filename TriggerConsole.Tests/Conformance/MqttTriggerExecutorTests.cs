using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Conformance;

/// <summary>MQTT messages to a mosquitto, read by its own client.</summary>
public sealed class MqttTriggerExecutorTests : TriggerExecutorConformance
{
    private protected override async Task<ExecutorBench> CreateAsync()
    {
        var server = await MosquittoServer.StartAsync();
        var bench = new Bench(server, await MosquittoClient.SubscribeAsync(server.Port));
        await bench.ConnectAsync();
        return bench;
    }

    private sealed class Bench : ExecutorBench
    {
        private readonly MosquittoServer _server;
        private readonly MosquittoClient _seen;
        private readonly ServiceProvider _services;
        private readonly RuntimeMqttBroker _broker;
        private readonly MqttConnections _connections;

        public Bench(MosquittoServer server, MosquittoClient seen)
        {
            (_server, _seen) = (server, seen);
            var services = NewServices();
            services.AddMqttTriggers();
            _services = services.BuildServiceProvider();
            _connections = _services.GetRequiredService<MqttConnections>();
            _broker = new(Guid.NewGuid(), "Hall", true, new() { Url = $"mqtt://127.0.0.1:{server.Port}" });
            Kind = _services.GetServices<ITriggerKind>().Single();
        }

        public override ITriggerKind Kind { get; }

        public override ClosedList Codes { get; } = new(typeof(MqttFailures));

        public override TriggerSettings Plain => Settings;

        public override TriggerSettings NeedingAValue => Settings with { Topic = "{payload.needed}" };

        private MqttTriggerSettings Settings => new() { BrokerId = _broker.Id, Topic = "in" };

        public override TriggerSettings Everywhere(string text) => Settings with
        {
            Topic = $"in/{text}",
            Body = new() { Format = MessageFormat.Text, Template = text + " " },
            Properties = new() { ContentType = text, ResponseTopic = $"answer/{text}", CorrelationData = text, UserProperties = [new() { Name = "text", Value = text }] },
        };

        public override TriggerSettings Json(string template) => Settings with { Body = new() { Template = template } };

        public override TriggerSettings Limited(TriggerSettings settings, double seconds) => (MqttTriggerSettings)settings with { TimeoutSeconds = seconds };

        public async Task ConnectAsync()
        {
            _services.GetRequiredService<MqttBrokerDirectory>().Set(_broker);
            _connections.Start();
            await Eventually.TrueAsync(() => _connections.IsConnected(_broker.TargetKey), "the broker to be connected");
        }

        public override async Task<IReadOnlyList<Arrival>> ArrivalsAsync(int count)
            => [.. (await _seen.WaitForAsync(count)).Select(m => new Arrival(m.Payload, m.UserProperties.Split(' ').SingleOrDefault(p => p.StartsWith("idempotency-key:", StringComparison.Ordinal))?.Split(':')[1]))];

        public override void FallSilent() => _server.Pause();

        public override async Task GoAwayAsync()
        {
            _server.Kill();
            await Eventually.TrueAsync(() => !_connections.IsConnected(_broker.TargetKey), "the broker to be missed");
        }

        public override async ValueTask DisposeAsync()
        {
            if (_server.IsRunning) _server.Continue();
            await _connections.StopAsync();
            await _services.DisposeAsync();
            await _seen.DisposeAsync();
            await _server.DisposeAsync();
        }
    }
}
