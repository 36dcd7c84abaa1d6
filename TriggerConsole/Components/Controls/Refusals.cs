using Radzen;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Controls;

/// <summary>Says why a command did nothing, where no form shows it beside a field.</summary>
internal static class Refusals
{
    private const double StaysMs = 8000;

    public static void Refused(this NotificationService notifications, Refusal refusal)
        => notifications.Notify(new() { Severity = NotificationSeverity.Error, Summary = InWords(refusal), Duration = StaysMs });

    public static void Done(this NotificationService notifications, string what)
        => notifications.Notify(new() { Severity = NotificationSeverity.Success, Summary = what, Duration = StaysMs / 2 });

    public static string InWords(Refusal refusal)
        => refusal is Refusal.Invalid { Errors: [var first, ..] } ? first.Message : refusal.Message;
}
