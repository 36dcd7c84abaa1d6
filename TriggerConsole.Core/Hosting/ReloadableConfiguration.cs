using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Scheduling.Engine;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Hosting;

/// <summary>What this node keeps in memory of the configuration, and how each is taken over when another node has changed it.</summary>
internal static class ReloadableConfiguration
{
    public static IServiceCollection AddReloadableConfiguration(this IServiceCollection services) => services
        .Add<DataKeyRing>(ConfigurationChange.DataKey, (keys, _, token) => keys.LoadAsync(token), (keys, token) => keys.LoadAsync(token)) // before all that they open
        .Add<SecretStore>(ConfigurationChange.Secret, (secrets, _, token) => secrets.LoadAsync(token), (secrets, token) => secrets.LoadAsync(token)) // few, and one that is gone has left no name
        .Add<ApiKeys>(ConfigurationChange.ApiKey, (keys, _, token) => keys.LoadAsync(token), (keys, token) => keys.LoadAsync(token))
        .Add<MqttBrokerCommands>(ConfigurationChange.MqttBroker, (brokers, id, token) => brokers.ReloadAsync(id, token), (brokers, token) => brokers.LoadAsync(token))
        .Add<AmqpBrokerCommands>(ConfigurationChange.AmqpBroker, (brokers, id, token) => brokers.ReloadAsync(id, token), (brokers, token) => brokers.LoadAsync(token))
        .Add<AmqpExchangeCommands>(ConfigurationChange.AmqpExchange, (exchanges, id, token) => exchanges.ReloadAsync(id, token), (exchanges, token) => exchanges.LoadAsync(token))
        .Add<TriggerLoader>(ConfigurationChange.Trigger, (triggers, id, token) => triggers.ReloadAsync(id, token), (triggers, token) => triggers.LoadAsync(token))
        .Add<CallbackCommands>(ConfigurationChange.Callback, (callbacks, id, token) => callbacks.ReloadAsync(id, token), (callbacks, token) => callbacks.LoadAsync(token))
        .Add<ScheduleEngine>(ConfigurationChange.Schedule, (schedules, id, token) => schedules.SyncAsync(id, token), (schedules, token) => schedules.SyncChangedAsync(DateTimeOffset.MinValue, token));

    private static IServiceCollection Add<T>(this IServiceCollection services, string kind, Func<T, Guid, CancellationToken, Task> one, Func<T, CancellationToken, Task> all) where T : notnull
        => services.AddSingleton<IReloadable>(provider => new Reloadable<T>(kind, provider.GetRequiredService<T>(), one, all));

    private sealed class Reloadable<T>(string kind, T target, Func<T, Guid, CancellationToken, Task> one, Func<T, CancellationToken, Task> all) : IReloadable
    {
        public string Kind => kind;

        public Task ReloadAsync(Guid id, CancellationToken cancellationToken) => one(target, id, cancellationToken);

        public Task ReloadAllAsync(CancellationToken cancellationToken) => all(target, cancellationToken);
    }
}
