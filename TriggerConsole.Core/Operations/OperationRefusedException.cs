namespace TriggerConsole.Core.Operations;

/// <summary>A command cannot do what it was asked for. The message is for whoever called it: what happened, why, what to do.</summary>
public sealed class OperationRefusedException(string sentence, Exception? inner = null) : Exception(sentence, inner);
