using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>
/// Connects once with settings, saved or not, and says how it went. Nothing is published: last will, birth and close messages are
/// left out.
/// </summary>
internal sealed class MqttBrokerTester(
    IDbContextFactory<TriggerConsoleDbContext> contexts, MqttBrokerRows rows, MqttBrokerValidator validator, MqttConnections connections, MqttClientOptionsFactory options,
    CreateMqttClient create, TimeProvider time) : IDisposable
{
    private const int MostAtOnce = 8;

    private readonly SemaphoreSlim _slots = new(MostAtOnce, MostAtOnce);

    /// <param name="brokerId">A saved broker; then <paramref name="input"/> is a change of it, whose left out fields and secrets are taken from there.</param>
    public async Task<CommandResult<ConnectionTest>> TestAsync(Guid? brokerId, MqttBrokerInput input, CancellationToken cancellationToken)
    {
        MqttBrokerSettings? saved = null;
        if (brokerId is { } id)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            if (await context.MqttBrokers.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } row) return new Refusal.Invalid("brokerId", "There is no MQTT broker with this id.");
            saved = rows.Read(row);
        }
        var errors = new FieldErrors();
        var settings = await validator.CheckAsync(input.ApplyTo(saved ?? new()), saved, errors, cancellationToken);
        if (errors.Any) return new Refusal.Invalid(errors.All);
        if (!await _slots.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken))
            return new Refusal.Unavailable($"{MostAtOnce} connection tests are running already. Try again in a moment.", TimeSpan.FromSeconds(5));
        try
        {
            return await ConnectAsync(Alone(settings, brokerId), cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<ConnectionTest> ConnectAsync(MqttBrokerSettings settings, CancellationToken cancellationToken)
    {
        var trace = new ConnectTrace();
        var started = time.GetTimestamp();
        var masker = SecretMasker.For([settings.Password ?? "", settings.Tls?.ClientKey ?? ""]);
        var address = MqttAddress.Parse(settings.Url, new(), "url")!;
        await using var client = create(options.Make(settings, address, trace));
        var failure = await client.ConnectAsync(cancellationToken);
        var total = time.GetElapsedTime(started).TotalMilliseconds;
        var status = client.Status;
        if (failure is null) await client.StopAsync(CancellationToken.None);
        var hasConnected = trace.Phase == ConnectPhase.Done;
        return new(
            failure is null,
            MqttFaults.ToFailure(failure, masker, MqttFaults.HintFor(address, settings)),
            failure is null && status.Version is { } version ? MqttRecordWriter.VersionText(version) : null,
            failure is not null ? null : status.AssignedClientId ?? settings.ClientId,
            trace.Address?.ToString(),
            new()
            {
                DnsMs = Round(trace.DnsMilliseconds),
                ConnectMs = Round(trace.ConnectMilliseconds),
                SignInMs = hasConnected ? Round(Math.Max(0, total - (trace.DnsMilliseconds ?? 0) - (trace.ConnectMilliseconds ?? 0))) : null,
                TotalMs = Round(total)!.Value,
            });
    }

    /// <summary>Leaves no traces at the broker, and does not throw the kept connection out, which may have the same client id.</summary>
    private MqttBrokerSettings Alone(MqttBrokerSettings settings, Guid? brokerId)
    {
        var isTaken = settings.ClientId.Length > 0 && brokerId is { } id && connections.Find(id) is { IsConnected: true } kept && kept.Broker.Settings.ClientId == settings.ClientId;
        return settings with
        {
            ClientId = isTaken ? settings.ClientId + "-test" : settings.ClientId,
            CleanStart = isTaken || settings.CleanStart,
            SessionExpirySeconds = isTaken || settings.ClientId.Length == 0 ? 0 : settings.SessionExpirySeconds,
            LastWill = null,
            BirthMessage = null,
            CloseMessage = null,
        };
    }

    private static double? Round(double? milliseconds) => milliseconds is { } value ? Math.Round(value, 3) : null;
}
