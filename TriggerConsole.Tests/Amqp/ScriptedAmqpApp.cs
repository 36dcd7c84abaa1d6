using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Amqp;

/// <summary>The whole application, with brokers whose clients a test scripts.</summary>
internal sealed class ScriptedAmqpApp : IAsyncDisposable
{
    private readonly ConcurrentQueue<ScriptedAmqpClient> _clients = new();

    private ScriptedAmqpApp()
    {
    }

    public TestApp App { get; private set; } = null!;

    public static async Task<ScriptedAmqpApp> StartAsync()
    {
        var scripted = new ScriptedAmqpApp();
        scripted.App = await TestApp.StartAsync(services: services => services.AddSingleton<CreateAmqpClient>(options =>
        {
            var client = new ScriptedAmqpClient(options);
            scripted._clients.Enqueue(client);
            return client;
        }));
        return scripted;
    }

    /// <summary>Makes a broker, and gives its client.</summary>
    public async Task<(Guid Id, ScriptedAmqpClient Client)> CreateBrokerAsync(string name, bool connected = true)
    {
        var id = await App.CreateAmqpBrokerAsync(new { name, url = $"amqp://127.0.0.1:9/{Uri.EscapeDataString(name)}" });
        var client = await Eventually.GetAsync(() => Task.FromResult((_clients.Any(c => c.Options.VirtualHost == name), _clients.LastOrDefault(c => c.Options.VirtualHost == name))), "its client");
        if (connected) client!.Become(AmqpState.Connected);
        if (connected) await App.WaitForAmqpBrokerAsync(id, "Connected");
        return (id, client!);
    }

    /// <summary>Publishes without a trigger, as the API does.</summary>
    public async Task<CommandResult<ExecutionDetails>> PublishAsync(object input)
        => await App.Get<AmqpPublisher>().PublishAsync(JsonSerializer.SerializeToElement(input).Deserialize<AmqpPublishInput>(CoreJson.Options)!, "ana@example.com", CancellationToken.None);

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
