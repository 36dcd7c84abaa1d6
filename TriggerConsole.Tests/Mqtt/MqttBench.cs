using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Http;

namespace TriggerConsole.Tests.Mqtt;

/// <summary>MQTT triggers as the product registers them, with one broker whose client a test scripts.</summary>
internal sealed class MqttBench : IAsyncDisposable
{
    public static readonly Guid BrokerId = Guid.Parse("01890000-0000-7000-8000-0000000000b1");
    public const string Password = "canary-broker-password";

    private readonly ServiceProvider _services;

    public MqttBench(bool connected = true)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Egress:AllowedNetworks:0", "127.0.0.0/8")]).Build());
        services.AddSingleton(new TemplateRules(TemplateEnvironment.Empty, Secrets));
        services.AddSingleton<CreateMqttClient>(options =>
        {
            Clients.Add(new(options));
            return Clients[^1];
        });
        services.AddMqttTriggers();
        _services = services.BuildServiceProvider();
        Kind = _services.GetServices<ITriggerKind>().OfType<MqttTriggerKind>().Single();
        Connections = _services.GetRequiredService<MqttConnections>();
        Directory.Set(Broker());
        Connections.Start();
        if (connected) Client.Become(MqttState.Connected);
    }

    public TestSecrets Secrets { get; } = new();

    public List<ScriptedMqttClient> Clients { get; } = [];

    /// <summary>The latest.</summary>
    public ScriptedMqttClient Client => Clients[^1];

    public MqttTriggerKind Kind { get; }

    public MqttConnections Connections { get; }

    public MqttBrokerDirectory Directory => _services.GetRequiredService<MqttBrokerDirectory>();

    public BrokerFeed Feed => _services.GetRequiredService<BrokerFeed>();

    public static MqttTriggerSettings Settings { get; } = new() { BrokerId = BrokerId, Topic = "orders/{payload.id}" };

    public static RuntimeMqttBroker Broker(string name = "Hall 3", bool enabled = true, MqttBrokerSettings? settings = null)
        => new(BrokerId, name, enabled, settings ?? new() { Url = "mqtt://broker.example:1884", Username = "ada", Password = Password });

    public Task<AttemptOutcome> ExecuteAsync(MqttTriggerSettings? settings = null, AttemptContext? context = null, CancellationToken cancellationToken = default)
        => Kind.ExecuteAsync(Kind.Prepare(settings ?? Settings), context ?? HttpBench.Event(), cancellationToken);

    public async Task<IReadOnlyList<FieldError>> ValidateAsync(MqttTriggerSettings settings)
    {
        var errors = new FieldErrors();
        await Kind.ValidateAsync(settings, _services.GetRequiredService<TemplateRules>(), errors, CancellationToken.None);
        return errors.All;
    }

    public static RecordedMqttRequest Request(AttemptOutcome outcome) => RecordedMqttRequest.Read(outcome.Request)!;

    public static RecordedMqttResponse Response(AttemptOutcome outcome) => RecordedMqttResponse.Read(outcome.Response)!;

    public static string EverythingIn(AttemptOutcome outcome)
        => string.Join('\n', outcome.Code, outcome.Detail, outcome.Target, Encoding.UTF8.GetString(outcome.Request ?? []), Encoding.UTF8.GetString(outcome.Response ?? []));

    public async ValueTask DisposeAsync()
    {
        await Connections.StopAsync();
        await _services.DisposeAsync();
    }
}
