using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt;

internal static class MqttServiceCollectionExtensions
{
    /// <summary>Brokers, their connections, and triggers that publish to them.</summary>
    public static IServiceCollection AddMqttTriggers(this IServiceCollection services)
    {
        services.AddEgress();
        services.TryAddSingleton<BrokerFeed>();
        services.TryAddSingleton<MqttBrokerDirectory>();
        services.TryAddSingleton<MqttBrokerRows>();
        services.TryAddSingleton<BrokerUses>();
        services.TryAddSingleton<MqttBrokerValidator>();
        services.TryAddSingleton<MqttBrokerCommands>();
        services.TryAddSingleton<MqttBrokerQueries>();
        services.TryAddSingleton<MqttBrokerTester>();
        services.TryAddSingleton<MqttClientOptionsFactory>();
        services.TryAddSingleton<CreateMqttClient>(provider =>
        {
            var (time, logger) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<MqttClient>>());
            return options => new MqttClient(options, time, logger);
        });
        services.TryAddSingleton<MqttConnections>();
        services.AddSingleton<IBrokerStatuses>(provider => provider.GetRequiredService<MqttConnections>());
        services.TryAddSingleton<MqttPublisher>();
        services.TryAddSingleton<MqttLogQueries>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionKeeper, MqttConnectionKeeper>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITriggerKind, MqttTriggerKind>());
        return services;
    }
}

/// <summary>Brings brokers and their connections up and down with the rest.</summary>
internal sealed class MqttConnectionKeeper(MqttBrokerCommands brokers, MqttConnections connections, NodeKeeper node) : IConnectionKeeper
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await brokers.LoadAsync(cancellationToken);
        node.SlotChanged += connections.Restart; // it has another client id then
        connections.Start();
    }

    public Task StopAsync() => connections.StopAsync();
}
