using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Brokers;

/// <summary>Connects once with settings, saved or not, and says how it went. Nothing is published.</summary>
/// <param name="protocol">As people write it: <c>MQTT</c>.</param>
internal abstract class BrokerTester<TRow, TSettings, TBroker, TInput>(
    string protocol, IDbContextFactory<TriggerConsoleDbContext> contexts, BrokerRows<TRow, TSettings, TBroker> rows, IBrokerValidator<TSettings> validator) : IDisposable
    where TRow : StoredBroker
    where TSettings : class, new()
    where TBroker : RuntimeBroker
    where TInput : IBrokerInput<TSettings>
{
    private const int MostAtOnce = 8;

    private readonly SemaphoreSlim _slots = new(MostAtOnce, MostAtOnce);

    /// <param name="brokerId">A saved broker; then <paramref name="input"/> is a change of it, whose left out fields and secrets are taken from there.</param>
    public async Task<CommandResult<ConnectionTest>> TestAsync(Guid? brokerId, TInput input, CancellationToken cancellationToken)
    {
        TSettings? saved = null;
        if (brokerId is { } id)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            if (await rows.In(context).AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } row) return new Refusal.Invalid("brokerId", $"There is no {protocol} broker with this id.");
            saved = rows.Read(row);
        }
        var errors = new FieldErrors();
        var settings = await validator.CheckAsync(input.ApplyTo(saved ?? new()), saved, errors, cancellationToken);
        if (errors.Any) return new Refusal.Invalid(errors.All);
        if (!await _slots.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken))
            return new Refusal.Unavailable($"{MostAtOnce} connection tests are running already. Try again in a moment.", TimeSpan.FromSeconds(5));
        try
        {
            return await ConnectAsync(settings, brokerId, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    protected abstract Task<ConnectionTest> ConnectAsync(TSettings settings, Guid? brokerId, CancellationToken cancellationToken);

    protected static double? Round(double? milliseconds) => milliseconds is { } value ? Math.Round(value, 3) : null;
}
