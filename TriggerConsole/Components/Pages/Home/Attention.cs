using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Pages.Callbacks;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions.Dispatch;

namespace TriggerConsole.Components.Pages.Home;

/// <summary>The one thing that helps: somewhere to go, or something to do at once.</summary>
/// <param name="Label">What the button says.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Url">Where it leads, for <see cref="AttentionStepKind.Go"/>.</param>
/// <param name="Id">The trigger or callback it is done to.</param>
public sealed record AttentionStep(string Label, AttentionStepKind Kind, string? Url = null, Guid Id = default);

public enum AttentionStepKind
{
    Go,

    /// <summary>Resumes a paused trigger. Needs an operator.</summary>
    Resume,

    /// <summary>Switches a callback on. Needs an editor.</summary>
    SwitchOn,

    /// <summary>Reads the state again.</summary>
    LookAgain,
}

/// <summary>Something that does not get well by itself.</summary>
/// <param name="Key">Stable while it lasts.</param>
/// <param name="IsBad">Something fails now; else it only waits for someone.</param>
public sealed record AttentionItem(string Key, bool IsBad, string Icon, string Title, string Text, AttentionStep Step)
{
    /// <summary>When the engine tries again by itself.</summary>
    public DateTimeOffset? NextTry { get; init; }
}

/// <summary>An open circuit and the triggers that lead to it.</summary>
public sealed record OpenCircuit(CircuitView Circuit, IReadOnlyList<(Guid Id, string Name)> Triggers);

/// <summary>A broker that takes nothing, although triggers lead to it.</summary>
/// <param name="Page">Where it is shown.</param>
/// <param name="IsOff">It is switched off here.</param>
/// <param name="Why">What keeps the connection from coming about, in a sentence; null when that is not known.</param>
/// <param name="Waiting">Executions that wait for it.</param>
public sealed record AwayBroker(Guid Id, string Name, string Page, bool IsOff, string? Why, DateTimeOffset? NextTry, int Waiting)
{
    /// <summary>It is connected, but takes no messages for now.</summary>
    public bool IsBlocked { get; init; }
}

/// <summary>A paused trigger for which something waits.</summary>
public sealed record HoldingTrigger(Guid Id, string Name, int Held);

/// <summary>Refused requests of the last hour at one callback, or at addresses that none has.</summary>
/// <param name="Name">Null for addresses that no callback has.</param>
public sealed record RefusingCallback(RefusalSummary Refusals, string? Name, bool Enabled);

/// <summary>A schedule whose last run failed.</summary>
/// <param name="Why">What went wrong, in a sentence.</param>
public sealed record FailingSchedule(Guid Id, string Name, string Why);

/// <summary>What the list is made from.</summary>
public sealed record AttentionFacts
{
    /// <summary>Counting stops here: what is more is "or more".</summary>
    public const int MostCounted = 10_000;

    /// <summary>The database takes no writes.</summary>
    public bool IsDatabaseDown { get; init; }

    /// <summary>No node that lives runs executions.</summary>
    public bool HasNoWorkers { get; init; }

    public IReadOnlyList<OpenCircuit> Circuits { get; init; } = [];

    public IReadOnlyList<AwayBroker> Brokers { get; init; } = [];

    public int DeadLetters { get; init; }

    /// <summary>Of them, made in the last 24 hours.</summary>
    public int DeadLettersToday { get; init; }

    public IReadOnlyList<HoldingTrigger> Holding { get; init; } = [];

    public IReadOnlyList<FailingSchedule> Schedules { get; init; } = [];

    public IReadOnlyList<RefusingCallback> Refusing { get; init; } = [];
}

/// <summary>Makes the list "needs attention": what fails first, then what waits for someone.</summary>
internal static class Attention
{
    public static IReadOnlyList<AttentionItem> Of(AttentionFacts facts) => [
        .. facts.IsDatabaseDown ? [DatabaseDown()] : Array.Empty<AttentionItem>(),
        .. facts.HasNoWorkers ? [NoWorkers()] : Array.Empty<AttentionItem>(),
        .. facts.Brokers.Where(b => b.Waiting > 0).Select(Of),
        .. facts.Circuits.Select(Of),
        .. facts.DeadLetters > 0 ? [DeadLetters(facts)] : Array.Empty<AttentionItem>(),
        .. facts.Schedules.Select(Of),
        .. facts.Refusing.Select(Of),
        .. facts.Brokers.Where(b => b.Waiting == 0).Select(Of),
        .. facts.Holding.Select(Of)];

    /// <summary><c>10,000 or more</c> when counting stopped there.</summary>
    public static string Count(int count) => count >= AttentionFacts.MostCounted ? $"{Format.Number(count)} or more" : Format.Number(count);

    private static AttentionItem DatabaseDown() => new("database", true, "database_off", "The database takes no writes",
        "Nothing accepted is lost, but new events are refused: senders are told to come back. Usually the disk is full or the database server is down; the server's log has the cause.",
        new("Look again", AttentionStepKind.LookAgain));

    private static AttentionItem NoWorkers() => new("workers", true, "engineering", "No node runs executions",
        "Events are accepted and kept, but every node that lives only serves pages and takes events in. Start a node whose Node:Role is All or Worker; what waits is carried out then.",
        new("Look again", AttentionStepKind.LookAgain));

    private static AttentionItem Of(OpenCircuit open)
    {
        var names = open.Triggers.Count switch
        {
            0 => "What is sent there",
            1 => open.Triggers[0].Name,
            2 => $"{open.Triggers[0].Name} and {open.Triggers[1].Name}",
            var more => $"{open.Triggers[0].Name} and {more - 1} more triggers",
        };
        var cause = string.IsNullOrEmpty(open.Circuit.LastCode) ? "" : $", last with {Format.Code(open.Circuit.LastCode)}";
        return new($"circuit {open.Circuit.Target}", true, "link_off", $"{open.Circuit.Target} is left alone",
            $"It failed too often{cause}. {names} {(open.Triggers.Count > 1 ? "wait" : "waits")} without using up tries.",
            new("See what fails", AttentionStepKind.Go, open.Triggers is [var only] ? $"/executions?trigger={only.Id}" : "/executions?status=Retrying"))
        {
            NextTry = open.Circuit.State == CircuitState.Open ? open.Circuit.OpenUntil : null,
        };
    }

    private static AttentionItem Of(AwayBroker broker)
    {
        var title = broker.Waiting switch
        {
            0 => broker.IsBlocked ? $"{broker.Name} takes no messages" : $"{broker.Name} is not connected",
            1 => $"1 execution waits for {broker.Name}",
            _ => $"{Count(broker.Waiting)} executions wait for {broker.Name}",
        };
        var text = broker.IsOff ? "The broker is switched off. What waits is sent as soon as it is switched on." : $"{broker.Why ?? "The connection to the broker is closed."} Nothing is lost{(broker.Waiting == 0 ? "" : ", and no tries are used up")}.";
        return new($"broker {broker.Id}", broker.Waiting > 0, broker.IsBlocked ? "front_hand" : "link_off", title, text, new("Open the broker", AttentionStepKind.Go, broker.Page)) { NextTry = broker.NextTry };
    }

    private static AttentionItem DeadLetters(AttentionFacts facts) => new("dead", true, "report",
        facts.DeadLetters == 1 ? "1 dead letter" : $"{Count(facts.DeadLetters)} dead letters",
        (facts.DeadLetters == 1 ? "It was tried as often as allowed, or could not succeed" : "They were tried as often as allowed, or could not succeed")
            + (facts.DeadLettersToday > 0 ? $"; {Count(facts.DeadLettersToday)} in the last 24 hours." : "; none in the last 24 hours."),
        new("Open the dead letters", AttentionStepKind.Go, "/dead-letters"));

    private static AttentionItem Of(FailingSchedule schedule) => new($"schedule {schedule.Id}", true, "schedule", $"{schedule.Name} could not run", schedule.Why,
        new("Open the schedule", AttentionStepKind.Go, $"/schedules/{schedule.Id}"));

    private static AttentionItem Of(HoldingTrigger trigger) => new($"held {trigger.Id}", false, "pause_circle", $"{trigger.Name} is paused",
        trigger.Held == 1 ? "1 execution waits for it." : $"{Count(trigger.Held)} executions wait for it.",
        new("Resume", AttentionStepKind.Resume, Id: trigger.Id));

    private static AttentionItem Of(RefusingCallback refusing)
    {
        var (refusals, name) = (refusing.Refusals, refusing.Name);
        var requests = refusals.Count == 1 ? "1 request" : $"{RefusalWords.Count(refusals.Count)} requests";
        if (name is null)
            return new("unknown", false, "wrong_location", $"{requests} to addresses that no callback has", "In the last hour. A sender may have a typing error in its URL, or use that of a deleted callback.",
                new("See the requests", AttentionStepKind.Go, "/callbacks?unknown=1"));
        if (!refusing.Enabled && refusals.Reason == "disabled")
            return new($"refused {refusals.CallbackId}", false, "block", $"{name} is switched off and refused {requests}", "In the last hour. What is refused is not kept.",
                new("Switch it on", AttentionStepKind.SwitchOn, Id: refusals.CallbackId!.Value));
        return new($"refused {refusals.CallbackId}", false, "block", $"{name} refused {requests}", $"In the last hour, mostly: {LowerFirst(RefusalWords.Short(refusals.Reason))}.",
            new("See what was refused", AttentionStepKind.Go, $"/callbacks/{refusals.CallbackId}?tab=refused"));
    }

    private static string LowerFirst(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}
