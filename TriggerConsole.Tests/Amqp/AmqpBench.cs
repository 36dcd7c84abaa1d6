using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Http;

namespace TriggerConsole.Tests.Amqp;

/// <summary>AMQP triggers as the product registers them, with one broker whose client a test scripts, and exchanges that are only looked for.</summary>
internal sealed class AmqpBench : IAsyncDisposable
{
    public static readonly Guid BrokerId = Guid.Parse("01890000-0000-7000-8000-0000000000b2");
    public static readonly Guid Topic = Guid.Parse("01890000-0000-7000-8000-0000000000e1");
    public static readonly Guid Fanout = Guid.Parse("01890000-0000-7000-8000-0000000000e2");
    public static readonly Guid ByHeaders = Guid.Parse("01890000-0000-7000-8000-0000000000e3");
    public static readonly Guid Direct = Guid.Parse("01890000-0000-7000-8000-0000000000e4");
    public static readonly Guid Internal = Guid.Parse("01890000-0000-7000-8000-0000000000e5");
    public const string Password = "canary-broker-password";

    private readonly ServiceProvider _services;

    public AmqpBench(bool connected = true, TimeProvider? time = null)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Egress:AllowedNetworks:0", "127.0.0.0/8")]).Build());
        services.AddSingleton(new TemplateRules(TemplateEnvironment.Empty, Secrets));
        services.AddSingleton<IDbContextFactory<TriggerConsoleDbContext>, NoDatabase>();
        if (time is not null) services.AddTime(time);
        services.AddSingleton<CreateAmqpClient>(options =>
        {
            Clients.Add(new(options));
            return Clients[^1];
        });
        services.AddAmqpTriggers();
        _services = services.BuildServiceProvider();
        Kind = _services.GetServices<ITriggerKind>().OfType<AmqpTriggerKind>().Single();
        Connections = _services.GetRequiredService<AmqpConnections>();
        Directory.Set(Broker());
        foreach (var (id, name, type) in new[] { (Topic, "orders", AmqpExchangeType.Topic), (Fanout, "all", AmqpExchangeType.Fanout), (ByHeaders, "by-headers", AmqpExchangeType.Headers), (Direct, "straight", AmqpExchangeType.Direct), (Internal, "inner", AmqpExchangeType.Fanout) })
            Exchanges.Set(Exchange(id, name, type));
        Connections.Start();
        if (connected) Client.Become(AmqpState.Connected);
    }

    public TestSecrets Secrets { get; } = new();

    public List<ScriptedAmqpClient> Clients { get; } = [];

    /// <summary>The latest.</summary>
    public ScriptedAmqpClient Client => Clients[^1];

    public AmqpTriggerKind Kind { get; }

    public AmqpConnections Connections { get; }

    public AmqpBrokerDirectory Directory => _services.GetRequiredService<AmqpBrokerDirectory>();

    public AmqpExchangeDirectory Exchanges => _services.GetRequiredService<AmqpExchangeDirectory>();

    public static AmqpTriggerSettings Settings { get; } = new() { ExchangeId = Topic, RoutingKey = "orders.{payload.id}" };

    public static AmqpTriggerSettings ToQueue { get; } = new() { BrokerId = BrokerId, Queue = "inbox" };

    public static RuntimeAmqpBroker Broker(string name = "Warehouse", bool enabled = true, AmqpBrokerSettings? settings = null)
        => new(BrokerId, name, enabled, settings ?? new() { Url = "amqp://broker.example:5673/sales", Username = "ada", Password = Password });

    public static RuntimeAmqpExchange Exchange(Guid id, string name, AmqpExchangeType type) => new(
        id, BrokerId, name, type, new() { Type = type, Durable = true, AutoDelete = false, Internal = id == Internal, Arguments = AmqpArguments.Read(AmqpArguments.None) }, Declare: false);

    public Task<AttemptOutcome> ExecuteAsync(AmqpTriggerSettings? settings = null, AttemptContext? context = null, CancellationToken cancellationToken = default)
        => Kind.ExecuteAsync(Kind.Prepare(settings ?? Settings), context ?? HttpBench.Event(), cancellationToken);

    public async Task<IReadOnlyList<FieldError>> ValidateAsync(AmqpTriggerSettings settings)
    {
        var errors = new FieldErrors();
        await Kind.ValidateAsync(settings, _services.GetRequiredService<TemplateRules>(), errors, CancellationToken.None);
        return errors.All;
    }

    /// <summary>The next answers of the broker.</summary>
    public void Answers(AmqpPublishStatus status, ushort code = 0, string? text = null) => Client.Answer = (_, _) => Task.FromResult(ScriptedAmqpClient.Result(status, code, text));

    public static RecordedAmqpRequest Request(AttemptOutcome outcome) => RecordedAmqpRequest.Read(outcome.Request)!;

    public static RecordedAmqpResponse Response(AttemptOutcome outcome) => RecordedAmqpResponse.Read(outcome.Response)!;

    public static string EverythingIn(AttemptOutcome outcome)
        => string.Join('\n', outcome.Code, outcome.Detail, outcome.Target, Encoding.UTF8.GetString(outcome.Request ?? []), Encoding.UTF8.GetString(outcome.Response ?? []));

    public async ValueTask DisposeAsync()
    {
        await Connections.StopAsync();
        await _services.DisposeAsync();
    }

    /// <summary>Exchanges that are not declared from here need none.</summary>
    private sealed class NoDatabase : IDbContextFactory<TriggerConsoleDbContext>
    {
        public TriggerConsoleDbContext CreateDbContext() => throw new NotSupportedException();
    }
}
