using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers;

public enum ConnectionStepState
{
    Passed,
    Failed,

    /// <summary>It did not come to it.</summary>
    Left,
}

/// <summary>One step on the way to a connection.</summary>
/// <param name="Note">How long it took, or what was found.</param>
public sealed record ConnectionStep(string Title, ConnectionStepState State, string? Note = null);

/// <summary>A test as the steps it went through: name → TCP → TLS → sign-in → (virtual host) → ready.</summary>
internal static class ConnectionSteps
{
    private enum Stage { Name, Connect, Encrypt, SignIn, VirtualHost, Ready }

    /// <param name="test">How it went.</param>
    /// <param name="isEncrypted">Whether there is a step for TLS.</param>
    /// <param name="kind">What is spoken.</param>
    public static IReadOnlyList<ConnectionStep> Of(ConnectionTest test, bool isEncrypted, TriggerKind kind)
    {
        var failed = test.Succeeded ? Stage.Ready + 1 : StageOf(test);
        var steps = new List<ConnectionStep>
        {
            Step(Stage.Name, "Host name found", Took(test.Timings.DnsMs) is { } took ? test.Address is { } at ? $"{at}, {took}" : took : test.Address),
            Step(Stage.Connect, "Port answers", Took(test.Timings.ConnectMs)),
        };
        if (isEncrypted) steps.Add(Step(Stage.Encrypt, "Encryption agreed on", Took(test.Timings.TlsMs)));
        steps.Add(Step(Stage.SignIn, "Signed in", Took(test.Timings.SignInMs)));
        if (kind == TriggerKind.Amqp) steps.Add(Step(Stage.VirtualHost, "Virtual host opened", null));
        steps.Add(Step(Stage.Ready, "Ready", test.Server ?? (test.ProtocolVersion is { } version ? $"{Format.Word(kind)} {version}" : null)));
        return steps;

        ConnectionStep Step(Stage stage, string title, string? note)
            => stage < failed ? new(title, ConnectionStepState.Passed, note) : new(title, stage == failed ? ConnectionStepState.Failed : ConnectionStepState.Left);
    }

    private static Stage StageOf(ConnectionTest test) => test.Failure!.Code switch
    {
        "dns" => Stage.Name,
        "connect_failed" or "connect_refused" or "blocked_by_egress_policy" => Stage.Connect,
        "tls" => Stage.Encrypt,
        "vhost_missing" or "vhost_refused" => Stage.VirtualHost,
        // TCP came about or not
        "timeout" when test.Timings.ConnectMs is null => test.Timings.DnsMs is null && test.Address is null ? Stage.Name : Stage.Connect,
        _ => Stage.SignIn,
    };

    private static string? Took(double? milliseconds) => milliseconds is { } took ? BrokerWords.RoundTrip(took) : null;
}
