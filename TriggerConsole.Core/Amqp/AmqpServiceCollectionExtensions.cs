using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Amqp;

internal static class AmqpServiceCollectionExtensions
{
    /// <summary>Brokers, their connections and exchanges, and triggers that publish to them.</summary>
    public static IServiceCollection AddAmqpTriggers(this IServiceCollection services)
    {
        services.AddEgress();
        services.TryAddSingleton<BrokerFeed>();
        services.TryAddSingleton<BrokerUses>();
        services.TryAddSingleton<AmqpBrokerDirectory>();
        services.TryAddSingleton<AmqpBrokerRows>();
        services.TryAddSingleton<AmqpBrokerValidator>();
        services.TryAddSingleton<AmqpBrokerCommands>();
        services.TryAddSingleton<AmqpBrokerQueries>();
        services.TryAddSingleton<AmqpBrokerTester>();
        services.TryAddSingleton<AmqpExchangeDirectory>();
        services.TryAddSingleton<AmqpExchangeUses>();
        services.TryAddSingleton<AmqpExchangeCommands>();
        services.TryAddSingleton<AmqpExchangeQueries>();
        services.TryAddSingleton<AmqpBindingCommands>();
        services.TryAddSingleton<AmqpQueues>();
        services.TryAddSingleton<AmqpTopology>();
        services.TryAddSingleton<AmqpClientOptionsFactory>();
        services.TryAddSingleton<CreateAmqpClient>(provider =>
        {
            var (time, logger) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AmqpClient>>());
            return options => new AmqpClient(options, time, logger);
        });
        services.TryAddSingleton<AmqpConnections>();
        services.AddSingleton<IBrokerStatuses>(provider => provider.GetRequiredService<AmqpConnections>());
        services.TryAddSingleton<AmqpPublisher>();
        services.TryAddSingleton<AmqpLogQueries>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionKeeper, AmqpConnectionKeeper>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITriggerKind, AmqpTriggerKind>());
        return services;
    }
}

/// <summary>Brings brokers, exchanges and connections up and down with the rest.</summary>
internal sealed class AmqpConnectionKeeper(AmqpBrokerCommands brokers, AmqpExchangeCommands exchanges, AmqpConnections connections) : IConnectionKeeper
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await brokers.LoadAsync(cancellationToken);
        await exchanges.LoadAsync(cancellationToken);
        connections.Start();
    }

    public Task StopAsync() => connections.StopAsync();
}
