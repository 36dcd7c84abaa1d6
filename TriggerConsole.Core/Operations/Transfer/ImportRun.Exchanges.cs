using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;

namespace TriggerConsole.Core.Operations.Transfer;

internal sealed partial class ImportRun
{
    private async Task PlanExchangesAsync(CancellationToken cancellationToken)
    {
        var (brokers, directory) = (sandbox.Get<AmqpBrokerDirectory>(), sandbox.Get<AmqpExchangeDirectory>());
        var stored = (await context.AmqpExchanges.ToListAsync(cancellationToken)).ToDictionary(e => e.Id);
        var ids = file.AmqpExchanges.Select(e => e.Id).ToHashSet();
        LeaveAlone(stored.Keys, ids);
        var names = stored.Values.Where(e => !ids.Contains(e.Id)).ToDictionary(e => (e.BrokerId, e.Name), e => $"The exchange {e.Id}");
        for (var i = 0; i < file.AmqpExchanges.Count; i++)
        {
            var (item, errors) = (file.AmqpExchanges[i], At("amqpExchanges", i));
            var row = stored.GetValueOrDefault(item.Id);
            var before = row is null ? null : ConfigurationRows.ToItem(row);
            if (row is null) context.AmqpExchanges.Add(row = new() { Id = item.Id, BrokerId = item.BrokerId, Name = item.Name, Arguments = AmqpArguments.None, CreatedAt = now, UpdatedAt = now });
            if (brokers.Find(item.BrokerId) is null) errors.Add("brokerId", "There is no AMQP broker with this id, neither here nor in the file.");
            else if (item.BrokerId != row.BrokerId) errors.Add("brokerId", "An exchange stays at its broker. Give the one at the other broker an id of its own.");
            AmqpExchangeRules.CheckName(item.Name, item.Declare, errors);
            if (item.Name != row.Name) errors.Add("name", $"A broker cannot rename an exchange, and this one is {row.Name} here. Give the other one an id of its own.");
            if (!names.TryAdd((item.BrokerId, item.Name), $"amqpExchanges[{i}]")) errors.Add("name", $"{names[(item.BrokerId, item.Name)]} has this name at the same broker already. To change that one, give it this id in the file.");
            AmqpExchangeRules.Apply(row, new()
            {
                Type = item.Type,
                Durable = item.Durable,
                AutoDelete = item.AutoDelete,
                Internal = item.Internal,
                AlternateExchange = item.AlternateExchange ?? "",
                Arguments = item.Arguments,
                Declare = item.Declare,
            }, errors);
            Note("amqpExchanges", row.Id, row.Name, before, ConfigurationRows.ToItem(row));
            if (HasChanged("amqpExchanges", row.Id)) (row.UpdatedAt, row.Version) = (now, row.Version + 1);
            directory.Set(AmqpExchangeRules.ToRuntime(row));
        }
    }

    private async Task PlanBindingsAsync(CancellationToken cancellationToken)
    {
        var exchanges = sandbox.Get<AmqpExchangeDirectory>();
        var stored = (await context.AmqpBindings.ToListAsync(cancellationToken)).ToDictionary(b => b.Id);
        LeaveAlone(stored.Keys, file.AmqpBindings.Select(b => b.Id));
        for (var i = 0; i < file.AmqpBindings.Count; i++)
        {
            var (item, errors) = (file.AmqpBindings[i], At("amqpBindings", i));
            if (exchanges.Find(item.ExchangeId) is not { } exchange)
            {
                errors.Add("exchangeId", "There is no exchange with this id, neither here nor in the file.");
                continue;
            }
            AmqpBindingCommands.Check(new() { Queue = item.Queue, RoutingKey = item.RoutingKey, Arguments = item.Arguments, CreateQueue = item.CreateQueue }, exchange, errors);
            var before = stored.TryGetValue(item.Id, out var row) ? ConfigurationRows.ToItem(row) : null;
            var made = new AmqpBinding
            {
                Id = item.Id,
                ExchangeId = item.ExchangeId,
                Queue = item.Queue,
                RoutingKey = item.RoutingKey,
                Arguments = AmqpArguments.Write(item.Arguments),
                QueueSettings = item.CreateQueue is { } create ? JsonSerializer.Serialize(create, CoreJson.Options) : null,
                CreatedAt = row?.CreatedAt ?? now,
            };
            Note("amqpBindings", item.Id, $"{exchange.Name} to {item.Queue}", before, ConfigurationRows.ToItem(made));
            if (row is null) context.AmqpBindings.Add(made);
            // A binding is never changed: the broker would keep the old one beside it
            else if (_items[^1].Action == ImportAction.Changed) errors.Add(_items[^1].Changes[0].Field, "A binding cannot be changed. Give the new one an id of its own, and take the old one away on its exchange's page.");
        }
    }
}
