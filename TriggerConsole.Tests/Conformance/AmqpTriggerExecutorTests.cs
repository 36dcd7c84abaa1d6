using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Conformance;

/// <summary>AMQP messages to an exchange of a RabbitMQ, read from a queue by RabbitMQ's own client.</summary>
[Collection(nameof(RabbitMqServer))]
public sealed class AmqpTriggerExecutorTests(RabbitMqServer rabbit) : TriggerExecutorConformance
{
    private protected override async Task<ExecutorBench> CreateAsync()
    {
        var browser = await RabbitMqBrowser.ConnectAsync(await rabbit.AmqpPortAsync());
        var exchange = await browser.DeclareExchangeAsync(ExchangeType.Topic);
        var queue = await browser.DeclareQueueAsync();
        await browser.BindAsync(queue, exchange, "#");
        var bench = new Bench(new(await rabbit.AmqpPortAsync(), _ => null), browser, exchange, queue);
        await bench.ConnectAsync();
        return bench;
    }

    private sealed class Bench : ExecutorBench
    {
        private readonly TcpProxy _proxy;
        private readonly RabbitMqBrowser _browser;
        private readonly string _queue;
        private readonly ServiceProvider _services;
        private readonly RuntimeAmqpBroker _broker;
        private readonly RuntimeAmqpExchange _exchange;
        private readonly AmqpConnections _connections;
        private readonly List<Arrival> _arrivals = [];
        private bool _isAway;

        public Bench(TcpProxy proxy, RabbitMqBrowser browser, string exchange, string queue)
        {
            (_proxy, _browser, _queue) = (proxy, browser, queue);
            var services = NewServices();
            services.AddSingleton<IDbContextFactory<TriggerConsoleDbContext>, NoDatabase>();
            services.AddAmqpTriggers();
            _services = services.BuildServiceProvider();
            _connections = _services.GetRequiredService<AmqpConnections>();
            _broker = new(Guid.NewGuid(), "Warehouse", true, new() { Url = $"amqp://127.0.0.1:{proxy.Port}" });
            var definition = new AmqpExchangeDefinition { Type = AmqpExchangeType.Topic, Durable = true, AutoDelete = false, Internal = false, Arguments = AmqpArguments.Read(AmqpArguments.None) };
            _exchange = new(Guid.NewGuid(), _broker.Id, exchange, AmqpExchangeType.Topic, definition, Declare: false);
            Kind = _services.GetServices<ITriggerKind>().Single();
        }

        public override ITriggerKind Kind { get; }

        public override ClosedList Codes { get; } = new(typeof(AmqpFailures));

        public override TriggerSettings Plain => Settings;

        public override TriggerSettings NeedingAValue => Settings with { Headers = [new("needed", "{payload.needed}", AmqpHeaderType.Integer)] };

        private AmqpTriggerSettings Settings => new() { ExchangeId = _exchange.Id, RoutingKey = "in" };

        public override TriggerSettings Everywhere(string text) => Settings with
        {
            RoutingKey = $"in.{text}",
            Body = new() { Format = MessageFormat.Text, Template = text + " " },
            ContentType = text,
            MessageId = text,
            CorrelationId = text,
            ReplyTo = text,
            Type = text,
            AppId = text,
            Headers = [new("text", text)],
        };

        public override TriggerSettings Json(string template) => Settings with { Body = new() { Template = template } };

        public override TriggerSettings Limited(TriggerSettings settings, double seconds) => (AmqpTriggerSettings)settings with { TimeoutSeconds = seconds };

        public async Task ConnectAsync()
        {
            _services.GetRequiredService<AmqpExchangeDirectory>().Set(_exchange);
            _services.GetRequiredService<AmqpBrokerDirectory>().Set(_broker);
            _connections.Start();
            await Eventually.TrueAsync(() => _connections.IsConnected(_broker.TargetKey), "the broker to be connected");
        }

        public override async Task<IReadOnlyList<Arrival>> ArrivalsAsync(int count)
        {
            await Eventually.TrueAsync(async () =>
            {
                foreach (var message in await _browser.TakeAllAsync(_queue)) _arrivals.Add(new(message.Body, MarkOf(message)));
                return _arrivals.Count >= count;
            }, $"{count} messages");
            return [.. _arrivals];
        }

        public override void FallSilent() => _proxy.Stall();

        public override async Task GoAwayAsync()
        {
            _isAway = true;
            await _proxy.DisposeAsync();
            await Eventually.TrueAsync(() => !_connections.IsConnected(_broker.TargetKey), "the broker to be missed");
        }

        public override async ValueTask DisposeAsync()
        {
            _proxy.Continue();
            await _connections.StopAsync();
            await _services.DisposeAsync();
            await _browser.DisposeAsync();
            if (!_isAway) await _proxy.DisposeAsync();
        }

        private static string? MarkOf(RabbitMessage message) => message.Properties.Headers?.TryGetValue("idempotency-key", out var key) == true ? System.Text.Encoding.UTF8.GetString((byte[])key!) : null;
    }

    /// <summary>An exchange that is not declared from here needs none.</summary>
    private sealed class NoDatabase : IDbContextFactory<TriggerConsoleDbContext>
    {
        public TriggerConsoleDbContext CreateDbContext() => throw new NotSupportedException();
    }
}
